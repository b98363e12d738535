"""In which order open cases are looked at; `queries` says the same in SQL, a test compares.

Hardship comes first, then whoever waits for an answer, the longest overdue before the others;
then what was agreed, what ends soon, and only then arrears. Among equals priority service comes
first, then the better tier, then the older.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from uuid import UUID

from backend.kit.ports import Urgency

OFFER_ENDS_SOON_DAYS = 3
# After a contact of whatever kind she is left alone for that long about arrears and offers.
REST_DAYS = 3
REST = timedelta(days=REST_DAYS)
# What one reaches out for; a hold keeps her in peace of it.
REACHING_OUT = frozenset({Urgency.OFFER, Urgency.ARREARS})
NO_RANK = -1


class Step(IntEnum):
    """How far up the list a case stands; lower comes first."""

    HELP = 0
    ANSWER_LATE = 1
    ANSWER_TODAY = 2
    ANSWER_WAITS = 3
    AGREED_DAY = 4
    OFFER_ENDS = 5
    ARREARS = 6
    AGREED_LATER = 7
    OFFER_WAITS = 8


@dataclass(frozen=True)
class Case:
    """One open case, as its feature tells it."""

    borrower_id: UUID
    case_id: UUID
    urgency: Urgency
    due_on: date | None
    since: datetime


@dataclass(frozen=True)
class Standing:
    """What of a borrower moves her cases. `rank`: her tier's, higher is better."""

    today: date
    rank: int | None = None
    has_priority: bool = False
    is_held: bool = False
    contacted_on: date | None = None


def step_of(case: Case, standing: Standing) -> Step | None:
    """Where a case stands, or None where there is nothing to be done about it now."""
    if case.urgency in REACHING_OUT and _is_left_alone(standing):
        return None
    today = standing.today
    if case.urgency is Urgency.HELP:
        return Step.HELP
    if case.urgency is Urgency.ANSWER:
        return _answer(case.due_on, today)
    if case.urgency is Urgency.FOLLOW:
        has_come = case.due_on is not None and case.due_on <= today
        return Step.AGREED_DAY if has_come else Step.AGREED_LATER
    if case.urgency is Urgency.OFFER:
        return _offer(case.due_on, today)
    return Step.ARREARS if case.due_on is not None and case.due_on < today else None


def _is_left_alone(standing: Standing) -> bool:
    rests_until = None if standing.contacted_on is None else standing.contacted_on + REST
    return standing.is_held or (rests_until is not None and standing.today < rests_until)


def _answer(due_on: date | None, today: date) -> Step:
    if due_on is None or due_on > today:
        return Step.ANSWER_WAITS
    return Step.ANSWER_TODAY if due_on == today else Step.ANSWER_LATE


def _offer(due_on: date | None, today: date) -> Step | None:
    if due_on is None:
        return Step.OFFER_WAITS
    if due_on < today:
        return None
    ends_soon = due_on <= today + timedelta(days=OFFER_ENDS_SOON_DAYS)
    return Step.OFFER_ENDS if ends_soon else Step.OFFER_WAITS


def place_of(case: Case, step: Step, standing: Standing) -> tuple[object, ...]:
    """What cases are sorted by; the smallest is next."""
    rank = NO_RANK if standing.rank is None else standing.rank
    return (
        step,
        not standing.has_priority,
        -rank,
        case.due_on or date.max,
        case.since,
        case.borrower_id,
        case.case_id,
    )
