"""A schedule from its request: events in the order of their days, whatever the order they came in.

Within a day: changes of dates, terms and rates, skips, fees and penalties, payments, re-amortising,
re-ageing, payoff. So a back-dated payment gives the schedule that it would have given in time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from backend.loans.rules.schedules import changes as apply
from backend.loans.rules.schedules.book import Book
from backend.loans.rules.schedules.calendar import BeyondCalendarError
from backend.loans.rules.schedules.pay import owed_on, pay, pay_off
from backend.loans.rules.schedules.rows import Schedule, schedule_of
from backend.loans.rules.schedules.spread import open_book
from backend.loans.rules.schedules.terms import (
    ANNUAL_RATE_MAX,
    INSTALLMENTS_MAX,
    PRINCIPAL_PER_INSTALLMENT_MIN,
    Change,
    Charge,
    Contradiction,
    Extend,
    MoveDueDate,
    NewRate,
    PauseInterest,
    Payment,
    Payoff,
    ReAge,
    ReAmortize,
    Request,
    Skip,
    Terms,
    TokenPayments,
)

ACTS = (ReAmortize, ReAge, Payoff)
MADE = (Payment, *ACTS)  # what is done on its day, and not yet done before
RANKS: dict[type[Change | Payment], int] = {
    kind: rank
    for rank, kind in enumerate(
        (PauseInterest, MoveDueDate, Extend, NewRate, Skip, TokenPayments, Charge, Payment, *ACTS)
    )
}


@dataclass(frozen=True, slots=True)
class _Event:
    """A change or payment on its day. `pointer` leads back to the request."""

    on: date
    what: Change | Payment
    pointer: str

    @property
    def order(self) -> tuple[date, int, str]:
        """By day, kind and content: never by place in the list."""
        return self.on, RANKS[type(self.what)], repr(self.what)


def reckon(request: Request) -> Schedule:
    """The schedule. Refuses: Contradiction, with a pointer into the request."""
    terms = request.terms
    _check(terms)
    _check_rest(terms)
    try:
        book = open_book(terms)
    except BeyondCalendarError:
        raise _beyond("#/terms/installments") from None
    events = _events(request)
    today = _today(request, events)
    for event in sorted(events, key=lambda event: event.order):
        if isinstance(event.what, MADE) and event.on > today:
            continue  # not yet made on the viewing day
        if isinstance(event.what, MADE):
            book.seen_on = event.on
        try:
            _apply(book, event)
        except BeyondCalendarError:
            raise _beyond(event.pointer) from None
    _check_pauses(book, events)
    return schedule_of(book, today=today)


def _check(terms: Terms) -> None:
    if not 1 <= terms.installments <= INSTALLMENTS_MAX:
        raise Contradiction(
            "#/terms/installments",
            "too_many",
            f"A schedule may have at most {INSTALLMENTS_MAX} instalments.",
        )
    if terms.annual_rate > ANNUAL_RATE_MAX:
        raise _rate_too_high("#/terms/annual_rate")
    least = PRINCIPAL_PER_INSTALLMENT_MIN * terms.installments
    if terms.principal_minor < least:
        raise Contradiction(
            "#/terms/principal_minor",
            "principal_too_small",
            f"Must be at least {least}: {PRINCIPAL_PER_INSTALLMENT_MIN} for each instalment.",
        )
    if terms.first_due_on is not None and terms.first_due_on <= terms.disbursed_on:
        raise Contradiction(
            "#/terms/first_due_on", "before_start", "Must lie after the day of disbursement."
        )
    for name in ("principal_grace", "interest_grace"):
        if getattr(terms, name) >= terms.installments:
            raise Contradiction(
                f"#/terms/{name}", "grace_too_long", "Must leave at least one instalment."
            )
    if terms.down_payment_rate >= 1:
        raise Contradiction(
            "#/terms/down_payment_rate", "down_payment_too_large", "Must be less than 1."
        )


def _check_rest(terms: Terms) -> None:
    days = (terms.disbursed_on, *(terms.rest.due_on if terms.rest else ()))
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise Contradiction("#/terms/rest", "not_in_order", "Due days must follow one another.")


def _events(request: Request) -> list[_Event]:
    found = [
        _Event(_day_of(change, request.terms), change, f"#/changes/{place}")
        for place, change in enumerate(request.changes)
    ]
    for event in found:
        if isinstance(event.what, NewRate) and event.what.annual_rate > ANNUAL_RATE_MAX:
            raise _rate_too_high(f"{event.pointer}/annual_rate")
    for place, payment in enumerate(request.payments):
        pointer = f"#/payments/{place}"
        if payment.on < request.terms.disbursed_on:
            raise Contradiction(f"{pointer}/on", "outside", "Lies before the loan was paid out.")
        found.append(_Event(payment.on, payment, pointer))
    return found


def _day_of(change: Change, terms: Terms) -> date:
    match change:
        case PauseInterest():
            return terms.disbursed_on  # a pause needs nothing reckoned anew: known from the start
        case MoveDueDate(from_on, to_on):
            return min(from_on, to_on)
        case Extend() | NewRate() | Skip() | TokenPayments():
            return change.from_on
        case _:
            return change.on


def _today(request: Request, events: list[_Event]) -> date:
    """The viewing day: as told, or that of the last payment or act."""
    start = request.terms.disbursed_on
    if request.as_of is None:
        acts = (event.on for event in events if isinstance(event.what, MADE))
        return max(acts, default=start)
    if request.as_of < start:
        raise Contradiction("#/as_of", "outside", "Lies before the loan was paid out.")
    return request.as_of


def _apply(book: Book, event: _Event) -> None:
    match event.what:
        case Payment(on, amount_minor):
            pay(book, amount_minor, day=on)
        case Payoff(on):
            if not owed_on(book, on):
                raise Contradiction(event.pointer, "paid_off", "The loan is paid off by then.")
            pay_off(book, day=on)
        case Charge() as change:
            apply.charge(book, change, event.pointer)
            credit, book.credit_minor = book.credit_minor, 0
            if credit:
                pay(book, credit, day=event.on)
        case change:
            CHANGES[type(change)](book, change, event.pointer)


CHANGES: dict[type[Change], Callable[..., None]] = {
    PauseInterest: apply.pause_interest,
    MoveDueDate: apply.move_due_date,
    Extend: apply.extend,
    NewRate: apply.new_rate,
    Skip: apply.skip,
    TokenPayments: apply.token_payments,
    ReAmortize: apply.re_amortize,
    ReAge: apply.re_age,
}


def _check_pauses(book: Book, events: list[_Event]) -> None:
    for event in events:
        if isinstance(event.what, PauseInterest) and event.what.from_on > book.last_due_on:
            raise Contradiction(
                f"{event.pointer}/from", "outside", "Lies outside the term of the loan."
            )


def _rate_too_high(pointer: str) -> Contradiction:
    return Contradiction(pointer, "rate_too_high", f"Must be at most {ANNUAL_RATE_MAX}.")


def _beyond(pointer: str) -> Contradiction:
    return Contradiction(pointer, "beyond_calendar", "The last instalment would lie too far ahead.")
