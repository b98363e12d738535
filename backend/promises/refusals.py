"""A verdict as a refusal in words: the rule, its value, and what would change it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from backend.kit.money import Money
from backend.kit.problems import FieldError, Problem, Reason
from backend.kit.texts import Text
from backend.promises.errors import PromiseDayOutside, PromiseRefused
from backend.promises.rules import BROKEN_MAX, DAYS_MAX, LOOK_BACK, MADE_MAX, Verdict, Why

_REASONS = {
    Why.DAY_OUTSIDE: Text(
        "A promise is for one of the next {days} days, {first} to {last}.",
        "还款承诺的日期须在未来 {days} 天内，即 {first} 至 {last}。",
    ),
    Why.NOTHING_OPEN: Text(
        "Nothing is open on this loan, so there is nothing to promise.",
        "该贷款没有待还金额，无需承诺。",
    ),
    Why.AMOUNT_ABOVE_OPEN: Text(
        "{open} is open on this loan; no more than that can be promised.",
        "该贷款待还金额为 {open}，承诺金额不能超过此数。",
    ),
    Why.TOO_MANY_BROKEN: Text(
        "Twice in {look_back} days it did not work out. A plan with smaller steps may help you more"
        " than another promise; a new promise is possible from {free_on}.",
        "近 {look_back} 天内有 {broken} 次未能如愿。相比再次承诺，分步的还款方案可能更适合您；"
        "{free_on} 起可再次承诺。",
    ),
    Why.TOO_OFTEN: Text(
        "There were {made} promises in {look_back} days, and that is as many as we take. A plan"
        " may help you more; a new promise is possible from {free_on}.",
        "近 {look_back} 天内已有 {made} 次承诺，达到上限。还款方案可能更适合您；"
        "{free_on} 起可再次承诺。",
    ),
}


def refusal_of(verdict: Verdict, *, open_amount: Money, loan_id: UUID, today: date) -> Problem:
    """The refusal that a verdict leads to."""
    assert verdict.why is not None  # noqa: S101 - the caller looked
    first, last = today + timedelta(days=1), today + timedelta(days=DAYS_MAX)
    reason = Text(
        *(
            words.format(
                days=DAYS_MAX,
                first=first,
                last=last,
                open=open_amount.in_words(locale),
                look_back=LOOK_BACK.days,
                broken=BROKEN_MAX,
                made=MADE_MAX,
                free_on=verdict.free_on,
            )
            for words, locale in zip(_both(_REASONS[verdict.why]), ("en", "zh-CN"), strict=True)
        )
    )
    reasons = [Reason(verdict.why, reason)]
    if verdict.why is Why.DAY_OUTSIDE:
        return PromiseDayOutside(
            reason,
            reasons=reasons,
            errors=[FieldError("#/on", f"Must be 1 to {DAYS_MAX} days from today.")],
            would_change=[
                {"kind": "day", "from_on": first.isoformat(), "until_on": last.isoformat()}
            ],
        )
    return PromiseRefused(
        reason, reasons=reasons, would_change=_ways(verdict, open_amount, loan_id=loan_id)
    )


def _both(words: Text) -> tuple[str, str]:
    return words.en, words.zh_cn


def _ways(verdict: Verdict, open_amount: Money, *, loan_id: UUID) -> list[dict[str, Any]]:
    if verdict.why is Why.AMOUNT_ABOVE_OPEN:
        return [
            {
                "kind": "amount",
                "amount_minor_max": open_amount.amount_minor,
                "currency": open_amount.currency,
            }
        ]
    if verdict.free_on is None:
        return []
    return [
        {"kind": "plan", "loan_id": str(loan_id)},
        {"kind": "time", "from_on": verdict.free_on.isoformat()},
    ]
