"""What a policy says of one borrower's facts, and what then becomes of her tier.

`decision_sql` says the same of everybody in one statement; property tests hold the two equal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend.kit.predicates import Facts, Test, Value, compiled
from backend.tiers.policy import SCORE_MAX, SCORES, Part, Policy, Scorecard

SCORE_BAND_WIDTH = 20
OVERRIDE_DAYS_MAX = 90
REVIEW_DAYS = 3  # within which a person answers who asked for one
FREEZE_DAYS_MAX = 400


@dataclass(frozen=True)
class Verdict:
    """What the policy says of facts: the tier whose condition held first, and the scores."""

    place: int
    tier: str
    rank: int
    scores: Mapping[str, int]
    bands: str


class Judge:
    """A policy made ready to judge facts many times."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._tests: list[Test] = [compiled(tier.when) for tier in policy.tiers]

    def verdict(self, facts: Facts) -> Verdict:
        """Of one borrower's facts. The last tier's condition always holds."""
        scores = {name: score(card, facts) for name, card in self.policy.scorecards.items()}
        known = {**facts, **scores}
        place = next(i for i, test in enumerate(self._tests) if test(known))
        tier = self.policy.tiers[place]
        return Verdict(place, tier.code, tier.rank or 0, scores, bands_of(scores))


def score(card: Scorecard, facts: Facts) -> int:
    """From 0 to 100."""
    total = card.base + sum(points(part, facts.get(part.fact)) for part in card.parts)
    return max(0, min(SCORE_MAX, total))


def points(part: Part, value: Value | None) -> int:
    """What one fact adds: its first band that fits, or the points of not knowing."""
    if value is None:
        return part.unknown
    for band in part.bands[:-1]:
        if band.equal == value if band.below is None else value < band.below:  # type: ignore[operator]
            return band.points
    return part.bands[-1].points


def bands_of(scores: Mapping[str, int]) -> str:
    """Fifths of each score, such as "4.0.2"; a move within a fifth is not worth a new record."""
    top = SCORE_MAX // SCORE_BAND_WIDTH - 1
    return ".".join(str(min(top, scores[n] // SCORE_BAND_WIDTH)) for n in SCORES if n in scores)


@dataclass(frozen=True)
class State:
    """Where a borrower stands: effective tier, and the clock of a worse one, if it runs."""

    tier: str
    raw_tier: str
    bands: str
    policy_version: int
    pending_tier: str | None = None
    pending_since_on: date | None = None
    placed_on: date | None = None


@dataclass(frozen=True)
class Circumstances:
    """What stands between the raw outcome and the effective one.

    `awaits_person`: she refused automation alone, and the review that she asked for is open.
    """

    today: date
    is_frozen: bool = False
    awaits_person: bool = False
    override_tier: str | None = None


def settle(
    before: State | None,
    verdict: Verdict,
    *,
    policy: Policy,
    policy_version: int,
    around: Circumstances,
) -> State:
    """The new state. Better at once; worse after the grace; a freeze stops that clock anew.

    On the day on which she is first placed there is no grace: what the core system sends after
    her particulars is no change for the worse, only the rest of the same news.
    """
    raw = verdict.tier
    ranks = {tier.code: tier.rank or 0 for tier in policy.tiers}
    placed_on = around.today if before is None else before.placed_on
    state = State(raw, raw, verdict.bands, policy_version, placed_on=placed_on)
    if around.override_tier in ranks:
        return _with(state, tier=around.override_tier)
    if before is None or before.tier not in ranks or verdict.rank >= ranks[before.tier]:
        return state
    if around.is_frozen or around.awaits_person:
        return _with(state, tier=before.tier)
    since = before.pending_since_on or around.today
    if placed_on == around.today or around.today >= since + timedelta(days=policy.grace_days):
        return state
    return _with(state, tier=before.tier, pending_tier=raw, pending_since_on=since)


def _with(state: State, **changes: Any) -> State:
    return State(**{**state.__dict__, **changes})


def is_worth_a_record(before: State | None, after: State) -> bool:
    """Whether an evaluation is stored: tier, score band or policy changed."""
    if before is None:
        return True
    return (before.tier, before.raw_tier, before.bands, before.policy_version) != (
        after.tier,
        after.raw_tier,
        after.bands,
        after.policy_version,
    )
