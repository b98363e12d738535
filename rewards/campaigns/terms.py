"""A campaign's terms: the checked form of one version's document, as evaluation reads it."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias
from uuid import UUID

from backend.kit.predicates import Predicate, Test, compiled
from backend.kit.texts import Text
from rewards.campaigns.rules import EffectKind, Every, Measure, Mode, Trigger


@dataclass(frozen=True)
class Points:
    """So many points, for each award."""

    points: int
    kind: EffectKind = EffectKind.POINTS


@dataclass(frozen=True)
class Multiplied:
    """What the standing earn rules gave for the same thing, made `factor` times as much."""

    factor: Decimal
    kind: EffectKind = EffectKind.POINTS_MULTIPLIED


@dataclass(frozen=True)
class BadgeGiven:
    """A badge, by its code."""

    code: str
    kind: EffectKind = EffectKind.BADGE


@dataclass(frozen=True)
class BenefitGiven:
    """A benefit, by its kind."""

    benefit: str
    kind: EffectKind = EffectKind.BENEFIT


@dataclass(frozen=True)
class Message:
    """A message to her inbox, pushed only as the contact rules allow."""

    purpose: str
    title: Text
    body: Text
    kind: EffectKind = EffectKind.MESSAGE


@dataclass(frozen=True)
class Refused:
    """What a document may name so that a check can say why not. It never runs."""

    named: str
    kind: EffectKind = EffectKind.REFUSED


Effect: TypeAlias = Points | Multiplied | BadgeGiven | BenefitGiven | Message | Refused


@dataclass(frozen=True)
class Period:
    """What may be given in each day, week (from Monday) or month of the campaign's zone."""

    every: Every
    points: int | None
    awards: int | None


@dataclass(frozen=True)
class Budget:
    """Limits; None is none. One award counts once, whatever its effects."""

    points_total: int | None
    awards_total: int | None
    per_period: Period | None
    awards_each: int | None
    points_each: int | None


@dataclass(frozen=True)
class Schedule:
    """When an event counts: by its moment in the zone, both days included.

    `weekdays` are ISO numbers. A daypart holds from its first minute to before its second.
    """

    starts_on: date
    ends_on: date
    zone: str
    weekdays: frozenset[int] | None
    dayparts: tuple[tuple[time, time], ...] | None


@dataclass(frozen=True)
class Stacking:
    """What becomes of several campaigns of one group for one event; a higher priority is first."""

    group: str
    mode: Mode
    priority: int


@dataclass(frozen=True)
class CampaignTerms:
    """One version. She takes part from when `audience` first holds; `conditions` judge each event.

    `trigger` and `effects` may be such as are refused: then the checks have said so, and the
    version can't have been submitted.
    """

    campaign_id: UUID
    version: int
    name: Text
    promise: Text
    trigger: Trigger
    audience: Predicate
    conditions: Predicate
    effects: tuple[Effect, ...]
    budget: Budget
    schedule: Schedule
    stacking: Stacking
    holdout: Decimal
    primary_measure: Measure
    window_days: int

    @cached_property
    def is_for(self) -> Test:
        """Whether facts put her among those who take part."""
        return compiled(self.audience)

    @cached_property
    def is_met(self) -> Test:
        """Whether the facts of an event, and as of it, meet the conditions."""
        return compiled(self.conditions)

    @property
    def points(self) -> int:
        """Fixed points of one award."""
        return sum(each.points for each in self.effects if isinstance(each, Points))
