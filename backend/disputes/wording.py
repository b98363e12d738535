"""Disputes in a borrower's words."""

from collections.abc import Sequence
from typing import Any

from backend.disputes.rules import WOULD_CHANGE, About, Ground, State
from backend.kit.money import Money
from backend.kit.texts import Locale, Text

ABOUTS = {
    About.AMOUNT: Text("An amount", "金额"),
    About.FEE: Text("A fee", "费用"),
    About.PENALTY: Text("Penalty interest", "罚息"),
    About.PAYMENT_MISSING: Text("A payment that is missing", "还款未入账"),
    About.NOT_MY_DEBT: Text("This is not my debt", "这不是我的债务"),
    About.IDENTITY: Text("Somebody used my name", "身份被冒用"),
    About.OTHER: Text("Something else", "其他"),
}
STATES = {
    State.SUBMITTED: Text(
        "We have it, and answer by {due_on}. Until then your tier stays and no reminder is sent.",
        "我们已收到，将于 {due_on} 前答复。在此之前，您的等级不会下调，也不会收到提醒。",
    ),
    State.UNDER_REVIEW: Text(
        "A person is looking at it, and answers by {due_on}.",
        "专人正在核查，将于 {due_on} 前答复。",
    ),
    State.INFO_REQUESTED: Text(
        "We have a question for you, so that we can decide well.",
        "我们有一个问题想向您了解，以便妥善处理。",
    ),
    State.UPHELD: Text("You were right, and it is put right.", "您的异议成立，我们已予以更正。"),
    State.PARTLY_UPHELD: Text("You were right in part.", "您的异议部分成立。"),
    State.REJECTED: Text(
        "We looked carefully and could not agree. Below is why, and what would change it.",
        "我们认真核查后未能认同。原因及可改变结果的情形见下。",
    ),
    State.WITHDRAWN: Text("You took it back.", "您已撤回。"),
}
GROUNDS = {
    Ground.CHARGED_IN_ERROR: Text("It was charged in error.", "该费用系误收。"),
    Ground.TERMS_UNCLEAR: Text("Our terms were not clear enough.", "我们的条款不够清楚。"),
    Ground.PAYMENT_FOUND: Text("The payment was found.", "已找到该笔还款。"),
    Ground.NOT_HER_DEBT: Text("This debt is not yours.", "该债务不属于您。"),
    Ground.RECORDS_CORRECTED: Text("Our records were wrong.", "我们的记录有误。"),
    Ground.CHARGE_IN_CONTRACT: Text("The contract provides for it.", "合同中有此约定。"),
    Ground.PAYMENT_COUNTED: Text("The payment was counted already.", "该笔还款已入账。"),
    Ground.NO_RECORD_OF_PAYMENT: Text(
        "We found no trace of the payment.", "我们未找到该笔还款的记录。"
    ),
    Ground.DEBT_CONFIRMED: Text("The contract bears your name.", "合同确系您本人签署。"),
    Ground.IDENTITY_CONFIRMED: Text("Our checks point to you.", "核验结果显示为您本人。"),
    Ground.TOO_LITTLE_KNOWN: Text("We know too little to decide it.", "目前掌握的信息不足以认定。"),
}
WAYS = {
    "contract": Text("A contract or message that says otherwise", "能说明不同约定的合同或消息"),
    "other_payment": Text("A second payment that is not in your list", "未列出的另一笔还款"),
    "receipt": Text("A receipt or bank statement that shows it", "能证明该笔还款的回单或银行流水"),
    "identity_proof": Text(
        "A report to the police, or proof that you were elsewhere", "报案回执或其他身份冒用证明"
    ),
    "more": Text("More about what happened", "更多情况说明"),
}
WAIVED = Text("{amount} is waived.", "已减免 {amount}。")
TO_CORRECT = Text(
    "{amount} cannot be waived any more, because it was paid or the month had its waiver; the"
    " lender corrects it in its books.",
    "{amount} 因已支付或当月已有减免而无法再减免，将由贷款机构更正账目。",
)


def in_words(row: Any, *, locale: Locale) -> dict[str, Any]:
    """A dispute as its borrower reads it, without what was said."""
    state = State(row.state)
    grounds = [Ground(code) for code in row.grounds]
    return {
        "id": row.id,
        "loan_id": row.loan_id,
        "about": row.about,
        "about_text": ABOUTS[About(row.about)].in_(locale),
        "adjustment_id": row.adjustment_id,
        "payment_id": row.payment_id,
        "state": state,
        "text": _text(row, state, locale),
        "submitted_at": row.submitted_at,
        "changed_at": row.changed_at,
        "answer_by": row.due_on if row.ended_at is None else None,
        "currency": row.currency,
        "waived_minor": row.waived_minor,
        "correction_minor": row.correction_minor,
        "reasons": [{"code": each, "text": GROUNDS[each].in_(locale)} for each in grounds],
        "would_change": [
            {"code": code, "text": WAYS[code].in_(locale)} for code in ways_of(state, grounds)
        ],
    }


def ways_of(state: State, grounds: Sequence[Ground]) -> list[str]:
    """What would change an answer that was not in her favour, or not wholly."""
    if state not in (State.REJECTED, State.PARTLY_UPHELD):
        return []
    return list(dict.fromkeys(WOULD_CHANGE[each] for each in grounds if each in WOULD_CHANGE))


def _text(row: Any, state: State, locale: Locale) -> str:
    parts = [STATES[state].format(due_on=row.due_on.isoformat()).in_(locale)]
    for words, amount_minor in ((WAIVED, row.waived_minor), (TO_CORRECT, row.correction_minor)):
        if amount_minor:
            amount = Money(amount_minor, row.currency).in_words(locale)
            parts.append(words.format(amount=amount).in_(locale))
    return " ".join(parts) if locale == "en" else "".join(parts)
