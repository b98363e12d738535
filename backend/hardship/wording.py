"""Hardship in a borrower's words."""

from typing import Any

from backend.benefits.reasons import Reason
from backend.hardship import contents
from backend.hardship.affordability import Finding, Statement, Verdict, Way, judge
from backend.hardship.rules import Ground, PartnerKind, ReferralState, State, starts_at_once
from backend.kit.money import Money
from backend.kit.texts import Locale, Text

REASONS = {
    Reason.JOB_LOSS: Text("A job was lost", "失业"),
    Reason.INCOME_CUT: Text("Less income", "收入减少"),
    Reason.ILLNESS: Text("Illness", "疾病"),
    Reason.BEREAVEMENT: Text("Somebody died", "亲人离世"),
    Reason.CARING: Text("Caring for somebody", "照护家人"),
    Reason.SEPARATION: Text("A separation", "分居或离婚"),
    Reason.VIOLENCE: Text("Violence", "遭受暴力"),
    Reason.DISASTER: Text("A disaster", "灾害"),
    Reason.FRAUD_VICTIM: Text("Fraud", "遭遇诈骗"),
    Reason.BUSINESS_FAILURE: Text("A business that failed", "经营失败"),
    Reason.STUDY: Text("Study", "求学"),
    Reason.PARENTAL_LEAVE: Text("Parental leave", "育儿假"),
    Reason.OTHER: Text("Something else", "其他"),
}
STATES = {
    State.SUBMITTED: Text("We have it, and a person will look at it.", "已收到，将由专人处理。"),
    State.INFO_REQUESTED: Text("We have a question for you.", "我们有一个问题想请您说明。"),
    State.UNDER_REVIEW: Text("Somebody is working on it.", "正在由专人处理。"),
    State.GRANTED: Text("Granted. You have time now.", "已批准，请您安心。"),
    State.DECLINED: Text(
        "Not this time. Below is why, and what would change it.",
        "这次未能批准。以下是原因以及可以如何改变结果。",
    ),
    State.WITHDRAWN: Text("You took it back.", "您已撤回。"),
    State.ENDED: Text("It has run its time. You may apply again.", "援助期已满，您可以再次申请。"),
}
GROUNDS = {
    Ground.NEEDED: (
        Text("What you told us shows that you need time.", "您说明的情况表明您需要时间。"),
        None,
    ),
    Ground.SUSTAINABLE: (
        Text(
            "After your costs and a reserve, enough is left for what falls due.",
            "扣除开支和备用金后，剩余部分足以支付到期款项。",
        ),
        Text(
            "If your income falls or your costs rise, send us the new figures at any time.",
            "如果收入减少或开支增加，您可以随时提交新的数字。",
        ),
    ),
    Ground.NOT_CONFIRMED: (
        Text("We could not confirm what happened.", "我们暂时无法核实相关情况。"),
        Text(
            "A document, another copy of one, or a talk with us may confirm it.",
            "一份材料、材料的另一份副本，或与我们沟通，都可能有助于核实。",
        ),
    ),
    Ground.INFORMATION_MISSING: (
        Text("Something that we asked for is still missing.", "我们请您补充的内容尚未收到。"),
        Text(
            "Send it with a new application; it takes the place of this one.",
            "请随新的申请一并提交，我们会重新处理。",
        ),
    ),
}
FINDINGS = {
    Finding.SUSTAINABLE: Text(
        "What is left of your month carries what falls due.", "您每月的结余足以支付到期款项。"
    ),
    Finding.TIGHT: Text(
        "Something is left of your month, and not enough for what falls due.",
        "您每月有结余，但不足以支付到期款项。",
    ),
    Finding.NOTHING_LEFT: Text(
        "Nothing is left of your month once you have lived. That is why help exists.",
        "扣除生活开支后已无结余。援助正是为此而设。",
    ),
}
WAYS = {
    Way.DUE_DOWN: Text(
        "Instalments of {amount} in all, instead of what falls due now.",
        "把每月应还总额降到 {amount}。",
    ),
    Way.INCOME_UP: Text("{amount} more income a month.", "每月收入增加 {amount}。"),
    Way.FLEXIBLE_DOWN: Text(
        "{amount} less of costs that can wait, if that is possible without harm.",
        "在不影响生活的前提下，每月减少 {amount} 弹性开支。",
    ),
}
PARTNER_KINDS = {
    PartnerKind.TRAINING: Text("Training", "培训"),
    PartnerKind.AID: Text("Aid", "援助"),
}
REFERRAL_STATES = {
    ReferralState.SUGGESTED: Text(
        "A suggestion. Nothing is passed on unless you say yes.",
        "这是一项推荐。未经您同意，不会传递任何信息。",
    ),
    ReferralState.AGREED: Text("You said yes to it.", "您已同意。"),
    ReferralState.DECLINED: Text("You did not want it. That is fine.", "您已谢绝，没有任何影响。"),
    ReferralState.WITHDRAWN: Text(
        "You took your consent back, and it was stopped.", "您已撤回同意，转介已停止。"
    ),
}


def verdict_in_words(statement: Statement, verdict: Verdict, *, locale: Locale) -> dict[str, Any]:
    """What the figures say, and what would change it."""
    return {
        "currency": statement.currency,
        "income_minor": statement.income_minor,
        "spent_minor": statement.spent_minor,
        "disposable_minor": verdict.disposable_minor,
        "reserve_minor": verdict.reserve_minor,
        "own_due_minor": verdict.own_due_minor,
        "is_sustainable": verdict.is_sustainable,
        "finding": str(verdict.finding),
        "finding_text": FINDINGS[verdict.finding].in_(locale),
        "would_change": [
            {
                "code": str(way),
                "amount_minor": amount,
                "text": WAYS[way]
                .format(amount=Money(amount, statement.currency).in_words(locale))
                .in_(locale),
            }
            for way, amount in verdict.would_change
        ],
    }


def in_words(row: Any, *, documents: Any, referrals: Any, locale: Locale) -> dict[str, Any]:
    """An application as its borrower reads it."""
    statement = contents.open_statement(row.statement_cipher)
    relieved = row.relief_from_on is not None and row.relief_ended_at is None
    return {
        "id": row.id,
        "reason": row.reason,
        "reason_text": REASONS[Reason(row.reason)].in_(locale),
        "needs_document_first": row.relief_from_on is None
        or not starts_at_once(Reason(row.reason)),
        "state": row.state,
        "state_text": STATES[State(row.state)].in_(locale),
        "text": contents.opened(row.words_cipher, context=contents.WORDS),
        "wishes": row.wishes,
        "document_ids": documents,
        "affordability": {
            "currency": statement.currency,
            "income": dict(statement.income),
            "fixed_costs": dict(statement.fixed_costs),
            "flexible_costs": dict(statement.flexible_costs),
            "other_debts_minor": statement.other_debts_minor,
        },
        "verdict": verdict_in_words(statement, judge(statement), locale=locale),
        "submitted_at": row.submitted_at,
        "decide_by_on": row.decide_by_on,
        "relief": {"from_on": row.relief_from_on, "until_on": row.relief_until_on}
        if relieved
        else None,
        "question": contents.opened(row.question_cipher, context=contents.QUESTION),
        "decision": _decision(row, locale),
        "referrals": [_referral(each, locale) for each in referrals],
    }


def _decision(row: Any, locale: Locale) -> dict[str, Any] | None:
    if row.decided_at is None:
        return None
    grounds = [GROUNDS[Ground(each)] for each in row.grounds]
    return {
        "decided_at": row.decided_at,
        "answer": contents.opened(row.answer_cipher, context=contents.ANSWER),
        "reasons": [
            {"code": code, "text": text.in_(locale)}
            for code, (text, _) in zip(row.grounds, grounds, strict=True)
        ],
        "would_change": [change.in_(locale) for _, change in grounds if change is not None],
    }


def _referral(row: Any, locale: Locale) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.partner_kind,
        "kind_text": PARTNER_KINDS[PartnerKind(row.partner_kind)].in_(locale),
        "partner": row.partner_name,
        "about": Text.from_json(row.partner_about).in_(locale),
        "is_synthetic": row.partner_is_synthetic,
        "course": row.course,
        "state": row.state,
        "state_text": REFERRAL_STATES[ReferralState(row.state)].in_(locale),
    }
