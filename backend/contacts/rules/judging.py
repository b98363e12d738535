"""May she be reached now, and if not, from when on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from backend.contacts.rules.cases import Approach, Known
from backend.contacts.rules.law import Effect, Rule, in_force
from backend.contacts.rules.predicates import Held, Inconvenient, InWindow
from backend.contacts.rules.windows import edges
from backend.kit.texts import Text

# All counts are over by then, and a window that is open on no day of these never is.
SEARCH_DAYS = 9


@dataclass(frozen=True)
class RuleHit:
    """A rule that bites, as it is told."""

    id: str
    effect: Effect
    citation: str
    text: Text


@dataclass(frozen=True)
class Judgement:
    """Whether she may be reached; `effect` is the strongest of the rules that bite.

    `allowed_from` is the first instant, from the one that was asked about, at which she may be;
    None when no waiting will do. `judged_by` names every rule that speaks of such a contact.
    `open_until` is as `reserve_many` says it: when the hours end in which she may be reached.
    """

    allowed: bool
    effect: Effect | None
    rules: tuple[RuleHit, ...]
    allowed_from: datetime | None
    judged_by: tuple[str, ...] = ()
    open_until: datetime | None = None


@lru_cache
def _of_day(day: date) -> tuple[Rule, ...]:
    return in_force(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _speaking(
    known: Known, approach: Approach, at: datetime, effects: Collection[Effect]
) -> list[Rule]:
    return [
        rule
        for rule in _of_day(at.astimezone(UTC).date())
        if rule.effect in effects and rule.applies(approach, known.regimes)
    ]


def check(known: Known, approach: Approach, at: datetime) -> Judgement:
    """What the law says, and it alone."""
    return _judge(known, approach, at, (Effect.BLOCK,))


def judge(known: Known, approach: Approach, at: datetime) -> Judgement:
    """What the law and the product's own rules say together."""
    return _judge(known, approach, at, tuple(Effect))


def _judge(
    known: Known, approach: Approach, at: datetime, effects: Collection[Effect]
) -> Judgement:
    then = known.up_to(at)
    speaking = _speaking(then, approach, at, effects)
    biting = [rule for rule in speaking if rule.predicate.bites(then, approach, at)]
    hits = tuple(RuleHit(each.id, each.effect, each.citation, each.text) for each in biting)
    return Judgement(
        allowed=not biting,
        effect=min((hit.effect for hit in hits), default=None),
        rules=hits,
        allowed_from=_allowed_from(then, approach, at, speaking, biting),
        judged_by=tuple(rule.id for rule in speaking),
    )


def _allowed_from(
    known: Known,
    approach: Approach,
    at: datetime,
    speaking: Sequence[Rule],
    biting: Sequence[Rule],
) -> datetime | None:
    """The first instant at which nothing bites: only at an edge may one cease to."""
    if not biting:
        return at
    if any(rule.predicate.is_lasting for rule in biting):
        return None
    seconds = _seconds(known, speaking)
    holds = [rule.predicate for rule in biting if isinstance(rule.predicate, Held)]
    after = max((at, *(hold.holds_until(known) for hold in holds)))
    for edge in edges(known.zones, seconds, after=after, days=SEARCH_DAYS):
        if not any(rule.predicate.bites(known, approach, edge) for rule in speaking):
            return edge
    return None


def open_until(known: Known, approach: Approach, at: datetime) -> datetime | None:
    """The first instant from then on at which an hour is not one to reach her in.

    None when no rule of hours speaks of such a contact, or none closes for days.
    """
    then = known.up_to(at)
    hours = [
        rule
        for rule in _speaking(then, approach, at, tuple(Effect))
        if isinstance(rule.predicate, InWindow | Inconvenient)
    ]
    if not hours:
        return None
    for edge in edges(then.zones, _seconds(then, hours), after=at, days=SEARCH_DAYS):
        if any(rule.predicate.bites(then, approach, edge) for rule in hours):
            return edge
    return None


def _seconds(known: Known, rules: Sequence[Rule]) -> set[int]:
    windows = {each.predicate.window for each in rules if isinstance(each.predicate, InWindow)}
    windows |= {*known.agreed, *known.inconvenient}
    return {second for each in windows for second in (each.start, each.end)}
