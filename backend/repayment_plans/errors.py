"""Refusals of requests and plans. Each says kindly what to do instead."""

from datetime import date
from typing import Any, ClassVar, Self
from uuid import UUID

from backend.kit.problems import Conflict, NotFound, Reason
from backend.kit.texts import Text


class _Ruled(Conflict):
    """A refusal that names its rule, in `rule`, and the ways that are left."""

    code = "plan-refused"
    title = Text("That is not possible for this plan now.", "该方案目前不能这样办理。")
    rule: ClassVar[Text]

    @classmethod
    def because(cls, *ways: dict[str, str], **context: Any) -> Self:
        """With the ways on; `context` becomes members of the answer."""
        return cls(reasons=[Reason(cls.code, cls.rule)], would_change=ways, **context)


def _new_quote(loan_id: UUID) -> dict[str, str]:
    return {"kind": "new_quote", "loan_id": str(loan_id)}


class PlanRequestUnknown(NotFound):
    code = "plan-request-unknown"
    title = Text("There is no such plan request.", "没有这项还款方案申请。")


class PlanAlreadyOpen(_Ruled):
    """`plan_request_id` and `state` name the one that is open."""

    code = "plan-already-open"
    title = Text(
        "A plan for this loan is open already. You can go on with that one.",
        "这笔贷款已有一项进行中的还款方案，您可以继续办理该方案。",
    )
    rule = Text(
        "One request or plan is open for a loan at a time. It can be withdrawn to ask for another.",
        "每笔贷款同一时间只能有一项进行中的申请或方案。可以撤回后另行申请。",
    )

    @classmethod
    def beside(cls, request_id: UUID, *, state: str) -> Self:
        """The one that is open."""
        standing = str(request_id)
        return cls.because(
            {"kind": "open_plan", "plan_request_id": standing},
            {"kind": "withdraw", "plan_request_id": standing},
            plan_request_id=standing,
            state=state,
        )


class QuoteExpired(_Ruled):
    code = "plan-quote-expired"
    title = Text(
        "This offer's last day has passed. Please ask for a new quote; it takes a moment.",
        "该报价已过有效期，请重新获取报价，只需片刻。",
    )
    rule = Text(
        "The figures of a quote hold until its last day.",
        "报价中的数字仅在有效期内有效。",
    )

    @classmethod
    def of(cls, quote_id: UUID, *, loan_id: UUID) -> Self:
        """A quote of a loan."""
        return cls.because(_new_quote(loan_id), quote_id=str(quote_id))


class QuoteStale(_Ruled):
    code = "plan-quote-stale"
    title = Text(
        "Your loan has changed since this quote. Please ask for a new quote, so that every figure"
        " is right.",
        "报价之后您的贷款有了变化，请重新获取报价，以确保每个数字准确。",
    )
    rule = Text(
        "A quote holds for the loan as it stood: a payment, a charge, a waiver or a due day that "
        "has passed since then changes its figures.",
        "报价以当时的贷款状况为准，此后的还款、收费、减免或到期日都会改变其中的数字。",
    )

    @classmethod
    def of(cls, quote_id: UUID, *, loan_id: UUID, kind: str) -> Self:
        """A quote of a loan, and the kind to ask for anew."""
        return cls.because(
            {**_new_quote(loan_id), "plan_kind": kind}, quote_id=str(quote_id), kind=kind
        )


class QuoteNotGenuine(_Ruled):
    code = "plan-quote-not-genuine"
    title = Text(
        "This quote cannot be confirmed as ours. Please ask for a new quote.",
        "无法确认该报价出自我们，请重新获取报价。",
    )
    rule = Text(
        "A plan is agreed on a quote whose seal is ours, with every figure as it was given.",
        "还款方案须以带有我方签章、且数字未经改动的报价为准。",
    )

    @classmethod
    def of(cls, loan_id: UUID) -> Self:
        """What was said to be a quote of a loan."""
        return cls.because(_new_quote(loan_id))


class PlanMoved(_Ruled):
    """`state` is the one that stands now."""

    code = "plan-moved"
    title = Text(
        "This request stands elsewhere by now. Its present state is in this answer.",
        "该申请的状态已有变化，当前状态见本回复。",
    )
    rule = Text(
        "Each step is possible from certain states alone, and this one is not from where it "
        "stands.",
        "每一步仅在特定状态下可以办理，当前状态下不能办理这一步。",
    )

    @classmethod
    def of(cls, request_id: UUID, *, state: str) -> Self:
        """A request, and where it stands."""
        standing = str(request_id)
        return cls.because(
            {"kind": "open_plan", "plan_request_id": standing},
            plan_request_id=standing,
            state=state,
        )


class CoolingOffOver(_Ruled):
    code = "plan-cooling-off-over"
    title = Text(
        "The days for stepping back from this plan have passed. We are glad to talk about another"
        " one.",
        "该方案的冷静期已过，如需调整，我们很乐意与您商量其他方案。",
    )
    rule = Text(
        "A plan can be stepped back from until the last day of its cooling-off.",
        "在冷静期最后一天之前可以退出方案。",
    )

    @classmethod
    def since(cls, until_on: date, *, loan_id: UUID) -> Self:
        """The last day that she had."""
        return cls.because(
            _new_quote(loan_id), {"kind": "human"}, cooling_off_until_on=until_on.isoformat()
        )


class OfferNeedsNoAnswer(_Ruled):
    code = "plan-offer-needs-no-answer"
    title = Text(
        "You need not do anything: if you leave this offer, a person will look with you for"
        " another way.",
        "您无需任何操作：如不接受该方案，工作人员会与您一起寻找其他办法。",
    )
    rule = Text(
        "This offer follows a plan that could not be kept. Left alone it goes to a person, so"
        " there is nothing to withdraw.",
        "该方案是在原方案未能履行后提供的。不作答复即转由工作人员处理，因此无需撤回。",
    )

    @classmethod
    def of(cls, request_id: UUID, *, is_offered: bool) -> Self:
        """Of an offer, or of what came of one: only the former can be accepted."""
        accept = {"kind": "accept", "plan_request_id": str(request_id)}
        return cls.because(*([accept] if is_offered else []), {"kind": "human"})


class PlanPolicyNotDraft(Conflict):
    code = "plan-policy-not-draft"
    title = Text("This version is published already.", "此版本已发布。")
