"""Refusals of requests and plans. Each says kindly what to do instead."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class PlanRequestUnknown(NotFound):
    code = "plan-request-unknown"
    title = Text("There is no such plan request.", "没有这项还款方案申请。")


class PlanAlreadyOpen(Conflict):
    """`plan_request_id` and `state` name the one that is open."""

    code = "plan-already-open"
    title = Text(
        "A plan for this loan is open already. You can go on with that one.",
        "这笔贷款已有一项进行中的还款方案，您可以继续办理该方案。",
    )


class QuoteExpired(Conflict):
    code = "plan-quote-expired"
    title = Text(
        "This offer's last day has passed. Please ask for a new quote; it takes a moment.",
        "该报价已过有效期，请重新获取报价，只需片刻。",
    )


class QuoteStale(Conflict):
    code = "plan-quote-stale"
    title = Text(
        "Your loan has changed since this quote. Please ask for a new quote, so that every figure"
        " is right.",
        "报价之后您的贷款有了变化，请重新获取报价，以确保每个数字准确。",
    )


class QuoteNotGenuine(Conflict):
    code = "plan-quote-not-genuine"
    title = Text(
        "This quote cannot be confirmed as ours. Please ask for a new quote.",
        "无法确认该报价出自我们，请重新获取报价。",
    )


class PlanMoved(Conflict):
    """`state` is the one that stands now."""

    code = "plan-moved"
    title = Text(
        "This request stands elsewhere by now. Its present state is in this answer.",
        "该申请的状态已有变化，当前状态见本回复。",
    )


class CoolingOffOver(Conflict):
    code = "plan-cooling-off-over"
    title = Text(
        "The days for stepping back from this plan have passed. We are glad to talk about another"
        " one.",
        "该方案的冷静期已过，如需调整，我们很乐意与您商量其他方案。",
    )


class OfferNeedsNoAnswer(Conflict):
    code = "plan-offer-needs-no-answer"
    title = Text(
        "You need not do anything: if you leave this offer, a person will look with you for"
        " another way.",
        "您无需任何操作：如不接受该方案，工作人员会与您一起寻找其他办法。",
    )


class PlanPolicyNotDraft(Conflict):
    code = "plan-policy-not-draft"
    title = Text("This version is published already.", "此版本已发布。")
