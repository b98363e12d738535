"""Waiver requests in a borrower's words."""

from typing import Any

from backend.benefits.rules import WAIVER_MONTHS_MAX
from backend.benefits.waiver_queries import open_answer
from backend.benefits.waiver_rules import Ground, State, Why
from backend.kit.money import Money
from backend.kit.texts import Locale, Text

STATES = {
    State.OPEN: Text(
        "We have it. A person answers by {due_on}.", "我们已收到，将由专人于 {due_on} 前答复。"
    ),
    State.APPROVED: Text("{amount} of penalty interest is waived.", "已减免罚息 {amount}。"),
    State.REJECTED: Text(
        "We could not waive it. Below is why, and what would change it.",
        "此次未能减免。原因及可改变结果的情形见下。",
    ),
    State.WITHDRAWN: Text("You took it back.", "您已撤回。"),
}
WHYS = {
    Why.REASON_NEEDS_PROOF: Text(
        "For this reason a person looks at a proof first.", "此类原因需由专人先核实证明材料。"
    ),
    Why.TIER_BY_PERSON: Text(
        "At your stage a person decides on every waiver.", "您所处阶段的减免均由专人决定。"
    ),
    Why.MORE_THAN_AT_ONCE: Text(
        "Up to {at_once} of at most {most} months are waived at once; for more a person decides.",
        "最多 {most} 个月中，{at_once} 个月以内可即时减免；超出部分由专人决定。",
    ),
    Why.NOT_ENROLLED: Text(
        "You are not in the programme, so a person decides.", "您未参加会员计划，因此由专人决定。"
    ),
    Why.ASKED_BEFORE: Text(
        "A person answered for this loan before, so a person decides again.",
        "该贷款此前已由专人答复，因此再次由专人决定。",
    ),
    Why.PLAN_AGREED: Text(
        "A plan was agreed for this loan before, so a person decides.",
        "该贷款此前已达成还款方案，因此由专人决定。",
    ),
}
GROUNDS = {
    Ground.PROOF_MISSING: Text("We have not seen a proof of the reason.", "我们尚未看到相关证明。"),
    Ground.PLAN_FITS_BETTER: Text(
        "A plan in smaller steps would help you more.", "分步还款方案对您更有帮助。"
    ),
    Ground.CAN_BE_PAID: Text(
        "What you told us of your means covers it.", "根据您提供的收支情况，您能够负担。"
    ),
}
WAYS = {
    Ground.PROOF_MISSING: Text("A proof of the reason", "相关证明材料"),
    Ground.PLAN_FITS_BETTER: Text("Asking for a plan", "申请还款方案"),
    Ground.CAN_BE_PAID: Text("A change in your income or costs", "收入或支出发生变化"),
}


def in_words(row: Any, *, locale: Locale) -> dict[str, Any]:
    """A request as its borrower reads it."""
    state = State(row.state)
    amount = Money(row.waived_minor, row.currency).in_words(locale)
    grounds = [Ground(code) for code in row.grounds]
    values = {"at_once": row.months_at_once, "most": WAIVER_MONTHS_MAX}
    return {
        "id": row.id,
        "loan_id": row.loan_id,
        "reason": row.reason,
        "periods": row.months,
        "state": state,
        "text": STATES[state].format(amount=amount, due_on=row.due_on.isoformat()).in_(locale),
        "is_automatic": row.is_automatic,
        "by_person_because": [
            {"code": code, "text": WHYS[Why(code)].format(**values).in_(locale)}
            for code in row.why_a_person
        ],
        "currency": row.currency,
        "waived_minor": row.waived_minor,
        "lines": row.lines,
        "answer": open_answer(row.answer_cipher),
        "reasons": [{"code": each, "text": GROUNDS[each].in_(locale)} for each in grounds],
        "would_change": [{"code": each, "text": WAYS[each].in_(locale)} for each in grounds],
        "asked_at": row.asked_at,
        "changed_at": row.changed_at,
        "answer_by": row.due_on if state is State.OPEN else None,
    }
