"""What keeps a streak and what breaks it. `profile` says the same in SQL, for all at once."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum

GRACE_DAYS_MAX = 3


class Outcome(Enum):
    """What one unit does to the streak."""

    KEPT = 1
    NEUTRAL = 0
    BROKEN = -1


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


def month_outcome(*, days_past_due_max: int, has_activity: bool) -> Outcome:
    """Of one reported month: days past due in any of its reports break the streak.

    A month without consumption neither breaks nor counts.
    """
    if days_past_due_max > 0:
        return Outcome.BROKEN
    return Outcome.KEPT if has_activity else Outcome.NEUTRAL


def streak_of(outcomes: Iterable[Outcome]) -> int:
    """Units kept since the last broken one; `outcomes` from the oldest to the newest."""
    length = 0
    for outcome in outcomes:
        if outcome is Outcome.BROKEN:
            length = 0
        length += outcome is Outcome.KEPT
    return length
