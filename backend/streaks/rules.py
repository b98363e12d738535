"""What keeps a streak and what breaks it. `profile` says the same in SQL, for all at once."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, StrEnum

GRACE_DAYS_MAX = 3
REPAIR_DAYS_LATE_MAX = 5
REPAIR_MONTHS = 6  # between the due days of two that are repaired
GOALS = (3, 6, 12)
MONTHS_IN_YEAR = 12


class Outcome(Enum):
    """What one unit does to the streak, before any repair."""

    KEPT = 1
    NEUTRAL = 0
    BROKEN = -1


class Reason(StrEnum):
    """Why a unit stands as it does."""

    ON_TIME = "on_time"
    WITHIN_GRACE = "within_grace"
    NOT_DUE_YET = "not_due_yet"
    SKIPPED = "skipped"
    REPAIRED = "repaired"
    REPAIR_USED = "repair_used"
    PAID_LATE = "paid_late"
    NOT_PAID = "not_paid"
    MONTH_ON_TIME = "month_on_time"
    MONTH_WITHOUT_USE = "month_without_use"
    MONTH_LATE = "month_late"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit in the order of due days. A repair turns a broken one into one that counts."""

    on: date
    outcome: Outcome
    is_repairable: bool = False


@dataclass(frozen=True, slots=True)
class Streak:
    """Units in a row now, and the most there ever were."""

    current: int = 0
    longest: int = 0


def installment_outcome(
    *, due_on: date, paid_on: date | None, is_skipped: bool, grace_days: int, as_of: date
) -> Outcome:
    """Of one instalment, as it stood on `as_of`.

    Paid before it is due, it counts from the day of payment. A skipped one, nothing of which
    is due, neither breaks nor counts.
    """
    last_day = due_on + timedelta(days=grace_days)
    paid = paid_on if paid_on is not None and paid_on <= as_of else None
    if is_skipped:
        return Outcome.NEUTRAL
    if paid is not None and paid <= last_day:
        return Outcome.KEPT
    return Outcome.BROKEN if last_day < as_of else Outcome.NEUTRAL


def is_repairable(*, due_on: date, paid_on: date | None, is_day_known: bool, as_of: date) -> bool:
    """Whether a late one may be repaired: five days can be counted only to a day that is known.

    Days are counted from the due day, whatever the grace.
    """
    if paid_on is None or paid_on > as_of or not is_day_known:
        return False
    return (paid_on - due_on).days <= REPAIR_DAYS_LATE_MAX


def month_outcome(*, days_past_due_max: int, has_activity: bool) -> Outcome:
    """Of one reported month: days past due in any of its reports break the streak.

    A month without consumption neither breaks nor counts. None is repaired: a report says how
    late an account is, not when it was paid.
    """
    if days_past_due_max > 0:
        return Outcome.BROKEN
    return Outcome.KEPT if has_activity else Outcome.NEUTRAL


def streak_of(units: Iterable[Unit]) -> Streak:
    """The streak of these units, from the oldest to the newest.

    A streak is the longest run up to its last unit in which every broken one is repairable and
    any two of them fall due six months apart or more. So the newest is repaired first, and
    paying one of them sooner never makes a run shorter. A repaired unit counts.
    """
    current = longest = since_repair = 0
    repaired_on: date | None = None
    for unit in units:
        if unit.outcome is Outcome.KEPT:
            current, since_repair = current + 1, since_repair + 1
        elif unit.outcome is Outcome.BROKEN and not unit.is_repairable:
            current, since_repair, repaired_on = 0, 0, None
        elif unit.outcome is Outcome.BROKEN:
            is_free = repaired_on is None or unit.on >= add_months(repaired_on, REPAIR_MONTHS)
            # Too soon after another: this one is repaired, and the run begins after that one.
            current = (current if is_free else since_repair) + 1
            since_repair, repaired_on = 0, unit.on
        longest = max(longest, current)
    return Streak(current, longest)


def repaired_of(units: Sequence[Unit]) -> list[bool]:
    """Which units are repaired, the newest first: no two in six months.

    Within the present streak these are its broken ones; before it, the same rule goes on.
    """
    marks = [False] * len(units)
    later: date | None = None
    for place in range(len(units) - 1, -1, -1):
        unit = units[place]
        if unit.outcome is not Outcome.BROKEN or not unit.is_repairable:
            continue
        if later is None or later >= add_months(unit.on, REPAIR_MONTHS):
            marks[place], later = True, unit.on
    return marks


def goal_of(current: int) -> int | None:
    """The next length to reach; none beyond the last."""
    return next((goal for goal in GOALS if goal > current), None)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, clipped to its length, as the database adds months."""
    year, month = divmod(day.year * MONTHS_IN_YEAR + day.month - 1 + months, MONTHS_IN_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
