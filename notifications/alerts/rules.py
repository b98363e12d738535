"""What rings, how soon again, and how it ends. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

# What happens within it rings once more, not each time.
QUIET = timedelta(minutes=1)
# From one try to the next. The first is longer than a call may take: it is the lease, too.
_WAITS = tuple(timedelta(seconds=each) for each in (15, 30, 60, 120))
WAIT_MAX = timedelta(minutes=5)


class Kind(StrEnum):
    """What somebody should look at."""

    CRISIS = "crisis"  # the moderators' queue of people in need


class Outcome(StrEnum):
    """How an alert ended."""

    ACCEPTED = "accepted"
    NOT_NEEDED = "not_needed"  # nothing waits any more
    LOGGED = "logged"  # there is no gateway: whoever reads the log is told


def wait_after(tries: int) -> timedelta:
    """From the try of that number, 1 the first, to the next."""
    return _WAITS[tries - 1] if tries <= len(_WAITS) else WAIT_MAX


def first_due_at(*, now: datetime, last_taken_at: datetime | None) -> datetime:
    """When a new alert rings."""
    return now if last_taken_at is None else max(now, last_taken_at + QUIET)
