"""Whether a policy gives groups their share: selection rates and their ratios, with intervals.

Counts come as aggregates and cells under 30 are never told [four-fifths rule, 29 CFR 1607.4 D,
as a yardstick]. Statistics are floats; no money is among them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CELL_MIN = 30
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Rate:
    """How often a tier is given in a group, and how that compares with all others.

    `ratio` is the group's rate over that of the rest, with a 95 % interval (Katz, on the log).
    Nothing is told of cells too small to tell.
    """

    tier: str
    rate: float | None
    ratio: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Group:
    """One value of one protected attribute."""

    value: str
    borrowers: int | None
    rates: tuple[Rate, ...]


Counts = Mapping[str, Mapping[str, int]]  # value -> tier -> borrowers


def report(counts: Counts, *, tiers: Sequence[str]) -> list[Group]:
    """The groups of one attribute, by value. A group under 30 is named and not counted."""
    return [_group(value, counts, tiers=tiers) for value in sorted(counts)]


def _group(value: str, counts: Counts, *, tiers: Sequence[str]) -> Group:
    own = sum(counts[value].values())
    if own < CELL_MIN:
        return Group(value, None, ())
    rest = sum(sum(each.values()) for each in counts.values()) - own
    rates = []
    for tier in tiers:
        hits = counts[value].get(tier, 0)
        others = sum(each.get(tier, 0) for each in counts.values()) - hits
        rates.append(compare(tier, hits=hits, of=own, hits_of_rest=others, rest=rest))
    return Group(value, own, tuple(rates))


def compare(tier: str, *, hits: int, of: int, hits_of_rest: int, rest: int) -> Rate:
    """A group's rate against the rest's."""
    if hits < CELL_MIN or of - hits < CELL_MIN:
        return Rate(tier, None, None, None, None)
    rate = hits / of
    if hits_of_rest < CELL_MIN:
        return Rate(tier, rate, None, None, None)
    ratio = rate / (hits_of_rest / rest)
    spread = Z_95 * math.sqrt(1 / hits - 1 / of + 1 / hits_of_rest - 1 / rest)
    return Rate(tier, rate, ratio, ratio * math.exp(-spread), ratio * math.exp(spread))
