"""What may be promised, how often, and when a promise is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAYS_MAX = 30
# Payments count by the day on which they were received; a bank may tell of it a little later.
BOOKING_GRACE = timedelta(days=2)
LOOK_BACK = timedelta(days=90)
BROKEN_MAX = 2  # in 90 days, over all her loans
MADE_MAX = 6  # in 90 days, over all her loans: each stops reminders


class State(StrEnum):
    """Where a promise stands. Lapsed: nothing was left to pay before its day."""

    OPEN = "open"
    KEPT = "kept"
    PARTLY_KEPT = "partly_kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


MOVES: dict[State, frozenset[State]] = {
    State.OPEN: frozenset(
        {State.KEPT, State.PARTLY_KEPT, State.BROKEN, State.WITHDRAWN, State.LAPSED}
    ),
    # A payment that is returned, or booked late, decides anew.
    State.KEPT: frozenset({State.OPEN, State.PARTLY_KEPT, State.BROKEN}),
    State.PARTLY_KEPT: frozenset({State.KEPT, State.BROKEN, State.OPEN}),
    State.BROKEN: frozenset({State.KEPT, State.PARTLY_KEPT, State.OPEN}),
    State.WITHDRAWN: frozenset(),
    State.LAPSED: frozenset(),
}
FINAL = (State.WITHDRAWN, State.LAPSED)


def may_move(before: State, after: State) -> bool:
    """Whether a promise may go from one state to the other."""
    return after in MOVES[before]


class Given(StrEnum):
    """How she gave her word."""

    APP = "app"
    PHONE = "phone"


class Why(StrEnum):
    """Why a promise cannot be taken."""

    DAY_OUTSIDE = "promise-day-outside"
    AMOUNT_ABOVE_OPEN = "promise-amount-above-open"
    NOTHING_OPEN = "promise-nothing-open"
    TOO_MANY_BROKEN = "promise-too-many-broken"
    TOO_OFTEN = "promise-too-often"


@dataclass(frozen=True)
class Past:
    """An earlier promise of hers: when it was made, for which day, and how it stands."""

    made_on: date
    on: date
    state: State


@dataclass(frozen=True)
class Verdict:
    """Why not, None where it may be taken; `free_on`: from when time alone lifts the refusal."""

    why: Why | None
    free_on: date | None = None


def may_promise(
    *, amount_minor: int, on: date, open_minor: int, earlier: Sequence[Past], today: date
) -> Verdict:
    """Whether this may be promised today. Her days are days in her zone."""
    if not 1 <= (on - today).days <= DAYS_MAX:
        return Verdict(Why.DAY_OUTSIDE)
    if open_minor <= 0:
        return Verdict(Why.NOTHING_OPEN)
    if amount_minor > open_minor:
        return Verdict(Why.AMOUNT_ABOVE_OPEN)
    broken = [past.on for past in earlier if past.state is State.BROKEN]
    if (free_on := _free_on(broken, most=BROKEN_MAX, today=today)) is not None:
        return Verdict(Why.TOO_MANY_BROKEN, free_on)
    made = [past.made_on for past in earlier]
    if (free_on := _free_on(made, most=MADE_MAX, today=today)) is not None:
        return Verdict(Why.TOO_OFTEN, free_on)
    return Verdict(None)


def _free_on(days: Sequence[date], *, most: int, today: date) -> date | None:
    recent = sorted((day for day in days if day > today - LOOK_BACK), reverse=True)
    # When the oldest of the last so many is no longer recent, there is room for one more.
    return recent[most - 1] + LOOK_BACK if len(recent) >= most else None


def ends_on(on: date) -> date:
    """The last day on which a promise for that day may still turn out to be kept by itself."""
    return on + BOOKING_GRACE


def judge(
    before: State,
    *,
    amount_minor: int,
    on: date,
    paid_minor: int,
    is_settled: bool,
    may_reopen: bool,
    today: date,
) -> State:
    """How it stands, given what was paid from the promise up to its day.

    `is_settled`: nothing is open on the loan. `may_reopen`: no other promise of it is open.
    """
    if before in FINAL:
        return before
    if paid_minor >= amount_minor:
        return State.KEPT
    if before is State.OPEN and is_settled:
        return State.LAPSED
    if today <= ends_on(on) and (before is State.OPEN or may_reopen):
        return State.OPEN
    return State.PARTLY_KEPT if paid_minor > 0 else State.BROKEN


def month_of(day: date) -> date:
    """The month's first day."""
    return day.replace(day=1)


@dataclass(frozen=True)
class Received:
    """A payment as it bears on a promise: its day, or its month where the day is no fact."""

    received_on: date
    is_month: bool


def counts(payment: Received, *, made_on: date, on: date) -> bool:
    """Whether a payment falls into a promise's days; of a month that it touches, in her favour."""
    if payment.is_month:
        return month_of(made_on) <= month_of(payment.received_on) <= on
    return made_on <= payment.received_on <= on
