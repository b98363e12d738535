"""Reasons, states, days of relief, and who may decide. Source: the programme's rules R10."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from backend.benefits.reasons import SENSITIVE, Reason


class Wish(StrEnum):
    """What she would like most. It binds nobody, and helps to begin in the right place."""

    PAY_LATER = "pay_later"
    PAY_LESS = "pay_less"
    FUND = "fund"
    TRAINING = "training"
    AID = "aid"
    TALK = "talk"


class State(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    INFO_REQUESTED = "info_requested"
    UNDER_REVIEW = "under_review"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


_DECIDED = frozenset({State.GRANTED, State.DECLINED})
MOVES: dict[State, frozenset[State]] = {
    State.SUBMITTED: _DECIDED | {State.INFO_REQUESTED, State.UNDER_REVIEW, State.WITHDRAWN},
    State.INFO_REQUESTED: _DECIDED | {State.UNDER_REVIEW, State.WITHDRAWN},
    State.UNDER_REVIEW: _DECIDED | {State.INFO_REQUESTED, State.WITHDRAWN},
    State.GRANTED: frozenset({State.ENDED}),
    State.DECLINED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.ENDED: frozenset(),
}
OPEN = (State.SUBMITTED, State.INFO_REQUESTED, State.UNDER_REVIEW)


def may_move(before: State, after: State) -> bool:
    """Whether an application may go from one state to the other."""
    return after in MOVES[before]


class Ground(StrEnum):
    """Why it was decided as it was. Each has words, and words for what would change it."""

    NEEDED = "needed"
    SUSTAINABLE = "sustainable"
    NOT_CONFIRMED = "not_confirmed"
    INFORMATION_MISSING = "information_missing"


GROUNDS_OF = {
    State.GRANTED: frozenset({Ground.NEEDED}),
    State.DECLINED: frozenset(
        {Ground.SUSTAINABLE, Ground.NOT_CONFIRMED, Ground.INFORMATION_MISSING}
    ),
}

FREEZE_CAUSE = "hardship"
FIRST_RELIEF_DAYS = 30
FIRST_RELIEF_AGAIN = timedelta(days=365)  # after which it is first once more
ASKED_FOR = timedelta(days=30)  # for which relief goes on while it is her turn
PROLONGED_DAYS = 14  # when the lender is late with a decision
WORDS_LENGTH_MAX = 40_000  # of an application, with all that was added: ten long letters
RELIEF_DAYS_MAX = 180  # of one grant; she may apply again
DECIDE_WORKING_DAYS = 3
WORKING_WEEKDAYS = 5  # Monday to Friday; no calendar of holidays, so never later than promised


def hold_cause(application_id: object) -> str:
    """The name of an application's hold on contact."""
    return f"hardship:{application_id}"


def starts_at_once(reason: Reason) -> bool:
    """Whether first relief begins with the application."""
    return reason in SENSITIVE


def first_relief_until(today: date) -> date:
    """The last day of first relief, unless it is prolonged."""
    return today + timedelta(days=FIRST_RELIEF_DAYS)


def prolonged_until(today: date) -> date:
    """The last day when nobody has decided in time."""
    return today + timedelta(days=PROLONGED_DAYS)


def asked_until(asked_on: date) -> date:
    """The last day of relief while we wait for what we asked her for."""
    return asked_on + ASKED_FOR


def is_relief_day(until_on: date, *, today: date) -> bool:
    """Whether a grant may last until that day."""
    return today <= until_on <= today + timedelta(days=RELIEF_DAYS_MAX)


def decide_by(today: date) -> date:
    """The day by which a person decides: three working days after it came."""
    day, left = today, DECIDE_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < WORKING_WEEKDAYS
    return day


def are_apart(decider: object, checkers: Collection[object]) -> bool:
    """Whether who decides checked none of the documents that she decides on."""
    return decider not in checkers


class Account(StrEnum):
    """Where money of a month's budget stands. `outside` is where top-ups come from."""

    OUTSIDE = "outside"
    AVAILABLE = "available"
    RESERVED = "reserved"
    PAID = "paid"


class FundState(StrEnum):
    """Of a grant from the fund. Proposed is reserved already, so that an approval cannot fail."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAID = "paid"
    RELEASED = "released"


class TopUpState(StrEnum):
    """Of money that is put into the fund."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class PartnerKind(StrEnum):
    """What a partner offers."""

    TRAINING = "training"
    AID = "aid"


class ReferralState(StrEnum):
    """Of an introduction. Only her word makes it one."""

    SUGGESTED = "suggested"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


def month_of(day: date) -> date:
    """The budget that a day's grants are taken from."""
    return day.replace(day=1)
