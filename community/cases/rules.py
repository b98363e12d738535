"""Where a case waits, how grave it is, for how long it is leased, and who may take it."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from enum import StrEnum

LEASE = timedelta(minutes=10)
SKIPS_MAX = 3  # then it is a lead's
CRISIS_CASES_MAX = 5  # in one shift
SHIFT = timedelta(hours=8)
# What reporters hear of a case that is over.
ACTED, KEPT = "acted", "kept"


class Target(StrEnum):
    """What a case is about."""

    POST = "post"
    COMMENT = "comment"
    DECISION = "decision"  # an appeal against it


class Queue(StrEnum):
    """Where a case waits. Complaints about the lender have people of their own."""

    GENERAL = "general"
    CRISIS = "crisis"
    LENDER = "complaints-about-lender"
    APPEALS = "appeals"


class State(StrEnum):
    """Where a case stands. Closed: there is nothing left to decide about."""

    OPEN = "open"
    DECIDED = "decided"
    CLOSED = "closed"


class Step(StrEnum):
    """What happened to a case: the words of its trail, which is added to only."""

    OPENED = "opened"
    GATHERED = "gathered"
    CLAIMED = "claimed"
    RELEASED = "released"
    SKIPPED = "skipped"
    ESCALATED = "escalated"
    CHANGED = "changed"
    DECIDED = "decided"
    CONFIRMED = "confirmed"
    COUNTED = "counted"
    UNDONE = "undone"
    CLOSED = "closed"


class Cause(StrEnum):
    """Why there is a case, the gravest first; a number of `SEVERITY` each."""

    CRISIS = "crisis"
    THREAT = "threat"
    PERSONAL_DATA = "personal_data"
    BANNED = "banned"
    ABUSE = "abuse"
    APPEAL = "appeal"
    LENDER = "lender"
    SPAM = "spam"
    FIRST_POSTS = "first_posts"
    HELPFUL = "helpful"  # an answer that helped waits for a yes
    OTHER = "other"


SEVERITY: dict[Cause, int] = {
    Cause.CRISIS: 100,
    Cause.THREAT: 90,
    Cause.PERSONAL_DATA: 80,
    Cause.BANNED: 70,
    Cause.ABUSE: 60,
    Cause.APPEAL: 50,
    Cause.LENDER: 50,
    Cause.SPAM: 40,
    Cause.FIRST_POSTS: 30,
    Cause.HELPFUL: 10,
    Cause.OTHER: 20,
}
# From a case's beginning to the hour by which it should be decided.
ANSWERED_IN: dict[Queue, timedelta] = {
    Queue.CRISIS: timedelta(minutes=30),
    Queue.GENERAL: timedelta(hours=24),
    Queue.LENDER: timedelta(days=2),
    Queue.APPEALS: timedelta(days=3),
}


def queue_of(causes: Collection[Cause], *, is_about_lender: bool) -> Queue:
    """Where a text that was held or reported goes. Need comes before everything."""
    if Cause.CRISIS in causes:
        return Queue.CRISIS
    return Queue.LENDER if is_about_lender or Cause.LENDER in causes else Queue.GENERAL


QUEUE_CAUSES = {Queue.CRISIS: Cause.CRISIS, Queue.LENDER: Cause.LENDER}


def sent(causes: Iterable[Cause], *, to: Queue) -> set[Cause]:
    """The causes of a case that a person sent elsewhere: what brought it back is gone."""
    kept = {cause for cause in causes if cause not in QUEUE_CAUSES.values()}
    kept |= {QUEUE_CAUSES[to]} if to in QUEUE_CAUSES else set()
    return kept or {Cause.OTHER}


def severity_of(causes: Iterable[Cause]) -> int:
    """The gravest of them."""
    return max((SEVERITY[cause] for cause in causes), default=SEVERITY[Cause.OTHER])


def is_for_lead(*, skips: int) -> bool:
    """Skipped so often, a case is for somebody who does not skip."""
    return skips >= SKIPS_MAX
