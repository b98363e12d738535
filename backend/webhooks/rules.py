"""Which messages there are, when a delivery is tried again, and when an endpoint is given up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from backend.core_instructions.rules import Kind as Instruction
from backend.kit.calls_out import Failure

ENDPOINTS_MAX = 10  # of one client
DESCRIPTION_LENGTH_MAX = 200
SECRETS_MAX = 4  # that sign at once
OVERLAP_DEFAULT = timedelta(hours=24)
OVERLAP_HOURS_MAX = 168

IN_FLIGHT_MAX = 4  # at one endpoint, over all workers
IN_FLIGHT_WHILE_FAILING = 1
LEASE = timedelta(seconds=60)  # many times what a call may take

WAITS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),  # from here on
)
TRIED_FOR = timedelta(days=3)
RETRY_AFTER_MAX = timedelta(days=1)
FAILING_FOR_MAX = timedelta(days=3)
FAILURES_MIN = 10  # a few messages in three quiet days give nobody up

MESSAGES_KEPT = timedelta(days=30)
REPLAYED_AT_ONCE_MAX = 10_000

SUCCESS = range(200, 300)
GONE = 410
ASKS_TO_WAIT = frozenset({429, 503})


class MessageType(StrEnum):
    """What is told beside the instructions to the core system, which are types of their own."""

    TIER_CHANGED = "tier.changed"
    BENEFIT_GRANTED = "benefit.granted"
    BENEFIT_CHANGED = "benefit.changed"
    BADGE_AWARDED = "badge.awarded"
    ENROLMENT_CHANGED = "enrolment.changed"
    POINTS_EXPIRING = "points.expiring"


# Sent on request alone, to whoever asks; it cannot be chosen.
TEST_TYPE = "endpoint.test"
# The closed list that an endpoint chooses from.
TYPES: tuple[str, ...] = tuple(sorted([*map(str, MessageType), *map(str, Instruction)]))
# What is to be done goes before what is told, however much of that waits.
URGENT: tuple[str, ...] = tuple(map(str, Instruction))


class State(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # given up; a replay tries anew


class Disabling(StrEnum):
    """Why nothing is sent to an endpoint."""

    BY_CLIENT = "by_client"
    GONE = "gone"  # it answered 410
    FAILING = "failing"  # nothing was taken for three days


@dataclass(frozen=True)
class Result:
    """What became of one try: the answer's status, or why there was none."""

    status: int | None
    failure: str | None = None
    retry_after: str | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status in SUCCESS

    @property
    def is_begun(self) -> bool:
        """Whether anybody was asked: otherwise it says nothing of the receiver."""
        return self.failure != Failure.NOT_BEGUN

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing more."""
        return self.status == GONE


@dataclass(frozen=True)
class Verdict:
    """Where a delivery stands after a try, and when it is tried next."""

    state: State
    due_at: datetime | None


def ceiling_after(tries: int) -> timedelta:
    """The longest wait after so many tries; the shortest is none."""
    return WAITS[min(tries, len(WAITS)) - 1]


def judge(
    result: Result, *, tries: int, began_at: datetime, now: datetime, share: float
) -> Verdict:
    """What follows from a try, the `tries`-th since `began_at`.

    `share` is chance, from 0 to 1, so that what failed together does not come back together. The
    last try is three days after the first, whatever the waits before came to; one at which nobody
    was asked is not the last.
    """
    if result.is_taken:
        return Verdict(State.DELIVERED, None)
    if not result.is_begun:
        return Verdict(State.PENDING, now + ceiling_after(1) * share)
    gives_up_at = began_at + TRIED_FOR
    if now >= gives_up_at:
        return Verdict(State.FAILED, None)
    wait = max(ceiling_after(tries) * share, asked_wait(result, now=now))
    return Verdict(State.PENDING, min(now + wait, gives_up_at))


def asked_wait(result: Result, *, now: datetime) -> timedelta:
    """For how long the receiver asks to be left alone: `Retry-After` of 429 and 503, at most a day.

    Seconds or a date [RFC 9110, 10.2.3]; what is neither asks for nothing.
    """
    words = (result.retry_after or "").strip()
    if result.status not in ASKS_TO_WAIT or not words:
        return timedelta(0)
    return max(timedelta(0), min(_read_wait(words, now=now), RETRY_AFTER_MAX))


def _read_wait(words: str, *, now: datetime) -> timedelta:
    if words.isascii() and words.isdigit():
        longest = int(RETRY_AFTER_MAX.total_seconds())
        return timedelta(seconds=min(int(words[:9]), longest))
    try:
        at = parsedate_to_datetime(words)
    except (ValueError, OverflowError):
        return timedelta(0)
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)) - now


def gives_up(*, failing_since: datetime, failures: int, now: datetime) -> bool:
    """Whether an endpoint that took nothing since then is left alone from now on."""
    return now - failing_since >= FAILING_FOR_MAX and failures >= FAILURES_MIN


def list_unknown(types: Iterable[str]) -> list[int]:
    """The places of what is no type of the catalogue."""
    return [place for place, name in enumerate(types) if name not in TYPES]
