"""What one occasion brings: pure, and the same for what happens now and for a replay of the past.

The caller says what is so (who takes part, which conditions hold, what an award would cost) and
brings a book of what is spent; the answer is an award or a reason for each campaign. Occasions
come in their recorded order: then the same occasions bring the same awards.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import groupby
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from rewards.campaigns.outcomes import Arm, Reason
from rewards.campaigns.rules import Every, Mode
from rewards.campaigns.terms import CampaignTerms, Period, Schedule

LOTS = 2**32  # of which a hash draws one


@dataclass(frozen=True, slots=True)
class Candidate:
    """One campaign that a borrower takes part in, and an occasion of its trigger.

    `who` is the borrower, under whatever name the book has for her. `points` is what an award
    would give. `is_met`: its conditions hold of the event and of her facts as of it.
    """

    terms: CampaignTerms
    who: Any
    occurred_at: datetime
    arm: Arm
    is_met: bool
    is_enrolled: bool
    points: int
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """An award, or the reason why not; with the period that its budget is of."""

    candidate: Candidate
    reason: Reason | None
    period_start: date | None

    @property
    def is_awarded(self) -> bool:
        """Whether she is given something."""
        return self.reason is None


class Book(Protocol):
    """What is spent so far."""

    def may_have(self, candidate: Candidate) -> bool:
        """Whether her own limit has room for one more award."""

    def take(self, candidate: Candidate, period_start: date | None) -> bool:
        """Spend an award whole, from every budget that it touches, or nothing."""


def decide(candidates: Sequence[Candidate], book: Book) -> list[Verdict]:
    """One occasion of one borrower: the verdict of each campaign, in the order of taking.

    A group is served by priority, highest first, or from what is best for her; of it one award
    excludes another unless both campaigns allow all. What a budget refuses leaves room for the
    next of its group.
    """
    verdicts = [Verdict(c, reason, None) for c in candidates if (reason := _refusal(c, book))]
    refused = {id(verdict.candidate) for verdict in verdicts}
    left = [c for c in candidates if id(c) not in refused]
    for group in _groups(left):
        verdicts += _serve(group, book)
    return verdicts


def _refusal(candidate: Candidate, book: Book) -> Reason | None:
    terms = candidate.terms
    if candidate.is_paused:
        return Reason.PAUSED
    if not is_within(terms.schedule, candidate.occurred_at):
        return Reason.OUTSIDE_SCHEDULE
    if not candidate.is_met:
        return Reason.CONDITIONS
    if not candidate.is_enrolled:
        return Reason.NOT_ENROLLED
    if candidate.arm is Arm.HOLDOUT:
        return Reason.HOLDOUT
    return None if book.may_have(candidate) else Reason.PER_BORROWER


def _groups(candidates: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    if not candidates:
        return
    in_order = sorted(candidates, key=lambda c: (c.terms.stacking.group, c.terms.campaign_id))
    for _, group in groupby(in_order, key=lambda c: c.terms.stacking.group):
        yield list(group)


def _serve(group: list[Candidate], book: Book) -> Iterator[Verdict]:
    modes = {c.terms.stacking.mode for c in group}
    is_best_first = Mode.BEST in modes and Mode.FIRST not in modes
    given: list[Candidate] = []
    for candidate in sorted(group, key=_best if is_best_first else _first):
        period_start = period_start_of(candidate)
        alone = [*given, candidate]
        if given and any(c.terms.stacking.mode is not Mode.ALL for c in alone):
            yield Verdict(candidate, Reason.STACKING, None)
        elif not book.take(candidate, period_start):
            yield Verdict(candidate, Reason.BUDGET, None)
        else:
            given.append(candidate)
            yield Verdict(candidate, None, period_start)


def _first(candidate: Candidate) -> tuple[int, UUID]:
    return -candidate.terms.stacking.priority, candidate.terms.campaign_id


def _best(candidate: Candidate) -> tuple[int, int, int, UUID]:
    return -candidate.points, -len(candidate.terms.effects), *_first(candidate)


def is_within(schedule: Schedule, at: datetime) -> bool:
    """Whether an instant falls into a schedule, by the clock on the wall of its zone.

    An hour that the clocks go through twice counts both times, one that they leave out never.
    """
    local = at.astimezone(ZoneInfo(schedule.zone))
    if not schedule.starts_on <= local.date() <= schedule.ends_on:
        return False
    if schedule.weekdays is not None and local.isoweekday() not in schedule.weekdays:
        return False
    if schedule.dayparts is None:
        return True
    now = local.time().replace(tzinfo=None)
    return any(start <= now < end for start, end in schedule.dayparts)


def period_start_of(candidate: Candidate) -> date | None:
    """The first day of the budget's period that an award would be of."""
    period = candidate.terms.budget.per_period
    if period is None:
        return None
    zone = ZoneInfo(candidate.terms.schedule.zone)
    return period_start(period, candidate.occurred_at.astimezone(zone).date())


def period_start(period: Period, day: date) -> date:
    """The first day of the period that a day is in: itself, its Monday, the first of its month."""
    if period.every is Every.DAY:
        return day
    if period.every is Every.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1)


def lot(campaign_id: UUID, borrower_id: UUID) -> int:
    """Her number in a campaign's draw, 0 to 2^32 - 1: the same at every look."""
    return int(sha256(f"{campaign_id}:{borrower_id}".encode()).hexdigest()[:8], 16)


def arm_of(terms: CampaignTerms, borrower_id: UUID) -> Arm:
    """Whether she is held out."""
    is_held_out = lot(terms.campaign_id, borrower_id) < terms.holdout * LOTS
    return Arm.HOLDOUT if is_held_out else Arm.TREATED


def multiplied(standing_points: int, factor: Decimal) -> int:
    """What is added to what the standing rules give, in whole points, rounded down."""
    return int(standing_points * (factor - 1))
