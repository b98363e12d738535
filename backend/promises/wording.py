"""Promises in a borrower's words. One that did not work out is never blamed on her."""

from typing import Any

from backend.kit.money import Money
from backend.kit.texts import Locale, Text
from backend.promises.rules import Given, State, ends_on

STATES = {
    State.OPEN: Text("Open", "进行中"),
    State.KEPT: Text("Kept", "已兑现"),
    State.PARTLY_KEPT: Text("Kept in part", "部分兑现"),
    State.BROKEN: Text("It did not work out this time", "这次未能如愿"),
    State.WITHDRAWN: Text("Taken back", "已撤回"),
    State.LAPSED: Text("Nothing left to pay", "已无待还金额"),
}
TEXTS = {
    State.OPEN: Text(
        "You said {amount} by {on}. Until then we send no reminders for this.",
        "您承诺于 {on} 前还款 {amount}。在此之前，我们不会就此发送提醒。",
    ),
    State.KEPT: Text(
        "You said {amount} by {on}, and {paid} came in. Thank you.",
        "您承诺于 {on} 前还款 {amount}，已收到 {paid}。谢谢您。",
    ),
    State.PARTLY_KEPT: Text(
        "{paid} of {amount} came in by {on}. Every step counts. If the rest is hard, a plan can"
        " spread it.",
        "截至 {on}，已收到 {amount} 中的 {paid}。每一步都算数。如果剩余部分有困难，可以分步安排。",
    ),
    State.BROKEN: Text(
        "It did not work out this time. Here is what can help: a plan in smaller steps, another"
        " day, or a talk with us.",
        "这次未能如愿。以下方式或许能帮到您：分步还款方案、调整日期，或与我们聊聊。",
    ),
    State.WITHDRAWN: Text("You took this back, and that is fine.", "您已撤回这项承诺，没有关系。"),
    State.LAPSED: Text(
        "Nothing is left to pay here, so there is nothing to keep.", "已无待还金额，无需再兑现。"
    ),
}
HELPING = (State.BROKEN, State.PARTLY_KEPT)


def in_words(row: Any, *, locale: Locale) -> dict[str, Any]:
    """A promise as its borrower reads it."""
    state = State(row.state)
    text = TEXTS[state].format(
        amount=Money(row.amount_minor, row.currency).in_words(locale),
        paid=Money(row.paid_minor, row.currency).in_words(locale),
        on=row.on_date.isoformat(),
    )
    return {
        "id": row.id,
        "loan_id": row.loan_id,
        "currency": row.currency,
        "amount_minor": row.amount_minor,
        "paid_minor": row.paid_minor,
        "on": row.on_date,
        "counted_until": ends_on(row.on_date),
        "made_at": row.made_at,
        "given_by": Given(row.given_by),
        "state": state,
        "state_text": STATES[state].in_(locale),
        "text": text.in_(locale),
        "help": ["plan", "other_day", "talk"] if state in HELPING else [],
        "changed_at": row.changed_at,
    }
