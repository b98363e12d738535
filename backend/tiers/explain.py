"""Why a borrower is in her tier, and what would change it: pure functions of an evaluation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from backend.kit.predicates import (
    All,
    Any_,
    Compare,
    Facts,
    FactType,
    Not,
    Predicate,
    Value,
    facts_used,
    holds,
    list_comparisons,
)
from backend.profile.catalogue import Fact
from backend.tiers.policies import Loaded
from backend.tiers.policy import Tier
from backend.tiers.rules import Judge, Verdict

REASONS_MAX = 4
SETS_MAX = 3
CANDIDATES_MAX = 8
STEPS: dict[FactType, int | Decimal] = {FactType.INTEGER: 1, FactType.DECIMAL: Decimal("0.01")}


@dataclass(frozen=True)
class Change:
    """One fact taken from its value to another that is within her reach."""

    fact: Fact
    before: Value
    after: Value


def reasons_for(loaded: Loaded, facts: Facts, verdict: Verdict) -> list[str]:
    """Names of the facts and scores that made it this tier, the most telling first.

    Where the tier is what remains when no other fits, what the less good ones ask about.
    """
    known = {**facts, **verdict.scores}
    tiers = loaded.policy.tiers
    named = list(_supporting(tiers[verdict.place].when, known))
    if not named:
        worse = [tier for tier in tiers if (tier.rank or 0) < verdict.rank] or tiers
        asked = [each.fact for tier in worse for each in list_comparisons(tier.when)]
        named = [name for name in asked if known.get(name) is not None]
    return list(dict.fromkeys(named))[:REASONS_MAX]


def _supporting(predicate: Predicate, known: Facts) -> Iterator[str]:
    if not holds(predicate, known):
        return
    match predicate:
        case All(parts):
            for part in parts:
                yield from _supporting(part, known)
        case Any_(parts):
            first = next(part for part in parts if holds(part, known))
            yield from _supporting(first, known)
        case Not(part):
            yield from sorted(facts_used(part))
        case Compare(fact, _, _):
            yield fact


def next_better(loaded: Loaded, code: str) -> Tier | None:
    """A tier of the nearest better rank, the last told among equals; none at the top."""
    tier = loaded.policy.tier(code)
    rank = -1 if tier is None else tier.rank or 0
    better = [each for each in loaded.policy.tiers if (each.rank or 0) > rank]
    if not better:
        return None
    nearest = min(each.rank or 0 for each in better)
    return [each for each in better if (each.rank or 0) == nearest][-1]


def sets_that_reach(loaded: Loaded, facts: Facts, *, rank: int) -> list[tuple[Change, ...]]:
    """At most three smallest sets of at most two changes that reach a rank; singles first."""
    judge = loaded.judge
    options = {
        name: _candidates(loaded, fact, facts.get(name))
        for name, fact in loaded.catalogue.facts.items()
        if name in loaded.policy.kinds and fact.actionable != "no"
    }
    found: list[tuple[Change, ...]] = []
    for changes in options.values():
        hit = next((c for c in changes if _reaches(judge, facts, (c,), rank)), None)
        if hit is not None:
            found.append((hit,))
    alone = {change.fact.name for changes in found for change in changes}
    rest = [changes for name, changes in options.items() if changes and name not in alone]
    for ours, theirs in combinations(rest, 2):
        if len(found) >= SETS_MAX:
            break
        hit_pair = _first_pair(judge, facts, ours, theirs, rank)
        if hit_pair is not None:
            found.append(hit_pair)
    return found[:SETS_MAX]


def _first_pair(
    judge: Judge, facts: Facts, ours: Sequence[Change], theirs: Sequence[Change], rank: int
) -> tuple[Change, Change] | None:
    # If going furthest with both does not help, nothing between is tried.
    if not _reaches(judge, facts, (ours[-1], theirs[-1]), rank):
        return None
    pairs = ((a, b) for a in ours for b in theirs)
    return next((pair for pair in pairs if _reaches(judge, facts, pair, rank)), None)


def _reaches(judge: Judge, facts: Facts, changes: Sequence[Change], rank: int) -> bool:
    changed = {**facts, **{change.fact.name: change.after for change in changes}}
    return judge.verdict(changed).rank >= rank


def _candidates(loaded: Loaded, fact: Fact, value: Value | None) -> list[Change]:
    """Values in the direction that she can move the fact, the nearest first."""
    if value is None or isinstance(value, str):
        return []
    if isinstance(value, bool):
        wanted = fact.actionable == "up"
        return [] if value == wanted else [Change(fact, value, wanted)]
    if fact.resets:
        return [Change(fact, value, 0)] if value else []
    if not isinstance(value, int | Decimal) or fact.type not in STEPS:
        return []
    step = STEPS[fact.type]
    bounds = [b for b in _bounds(loaded, fact.name) if isinstance(b, int | Decimal)]
    near = {b + shift for b in bounds for shift in (-step, 0, step) if b + shift >= 0}
    is_down = fact.actionable == "down"
    reachable = [each for each in near if (each < value if is_down else each > value)]
    ordered = sorted(reachable, reverse=is_down)
    return [Change(fact, value, each) for each in ordered[:CANDIDATES_MAX]]


def _bounds(loaded: Loaded, name: str) -> Iterator[Value]:
    """Every value that the policy compares this fact with."""
    for tier in loaded.policy.tiers:
        for comparison in list_comparisons(tier.when):
            if comparison.fact == name and comparison.value is not None:
                found = comparison.value
                yield from found if isinstance(found, tuple) else (found,)
    for card in loaded.policy.scorecards.values():
        for part in card.parts:
            if part.fact == name:
                yield from (band.below for band in part.bands if band.below is not None)
