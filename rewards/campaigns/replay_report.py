"""What a replay came to: counted turn by turn, and told of groups, never of persons."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from rewards.campaigns.evaluation import Verdict
from rewards.campaigns.outcomes import Bucket, Outcome, Reason
from rewards.campaigns.replay_run import Crowd, Turn
from rewards.campaigns.replay_sql import SEGMENTS
from rewards.campaigns.spending import EVER, Key, PackedSpending, has_room, limits_of
from rewards.campaigns.terms import CampaignTerms

GROUP_LEAST = 30  # smaller groups are not told of
GROUPS_SHOWN = 3
SAMPLES_EACH, SAMPLES_MAX = 3, 10
CENT = Decimal("0.01")


@dataclass
class Tally:
    """Counts of the campaign in question, and of those that overlap with it."""

    terms: Sequence[CampaignTerms]
    crowd: Crowd
    spending: PackedSpending
    occasions: int = 0
    weeks: dict[date, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    refused: Counter[str] = field(default_factory=Counter)
    ends_on: date | None = None
    points: dict[UUID, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    samples: dict[str, list[tuple[Turn, Verdict]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, turn: Turn) -> None:
        """One occasion."""
        own = self.terms[0].campaign_id
        for verdict in turn.verdicts:
            candidate = verdict.candidate
            if verdict.reason is None:
                given = self.points[candidate.terms.campaign_id]
                given[turn.n] = given.get(turn.n, 0) + candidate.points
            if candidate.terms.campaign_id == own:
                self._add_own(turn, verdict)

    def _add_own(self, turn: Turn, verdict: Verdict) -> None:
        self.occasions += 1
        if verdict.reason is None:
            week = self.weeks[turn.on_day - timedelta(days=turn.on_day.weekday())]
            week[0] += verdict.candidate.points
            week[1] += 1
        else:
            self.refused[verdict.reason] += 1
            if verdict.reason is Reason.BUDGET and self.ends_on is None:
                self.ends_on = turn.on_day if self._is_at_its_end(verdict) else None
        kept = self.samples[verdict.reason or Outcome.AWARDED]
        if len(kept) < SAMPLES_EACH:
            kept.append((turn, verdict))

    def _is_at_its_end(self, verdict: Verdict) -> bool:
        terms = verdict.candidate.terms
        spent = self.spending.buckets[Key(terms.campaign_id, Bucket.TOTAL, EVER)]
        return not has_room(spent, verdict.candidate.points, limits_of(terms.budget, Bucket.TOTAL))

    def list_samples(self) -> list[tuple[Turn, Verdict]]:
        """Some of each outcome, at most ten."""
        return [each for kept in self.samples.values() for each in kept][:SAMPLES_MAX]

    def report(self, sample: list[dict[str, Any]]) -> dict[str, Any]:
        """In the words of `replay`."""
        own = self.terms[0].campaign_id
        awarded = self.points[own]
        arms = Counter(self.crowd.arms[0])
        points = sum(week[0] for week in self.weeks.values())
        groups = [self._groups(segment, awarded) for segment in range(len(SEGMENTS))]
        told = _told(groups)
        return {
            "reach": {
                "participants": arms[1] + arms[2],
                "treated": arms[1],
                "holdout": arms[2],
                "awarded": len(awarded),
            },
            "cost": {
                "points": points,
                "awards": sum(week[1] for week in self.weeks.values()),
                "by_week": [
                    {"week": week.isoformat(), "points": counts[0], "awards": counts[1]}
                    for week, counts in sorted(self.weeks.items())
                ],
            },
            "budget_ends_on": None if self.ends_on is None else self.ends_on.isoformat(),
            "by_tier": [
                {"tier": each["value"]}
                | {name: each[name] for name in ("participants", "awarded", "points")}
                for each in sorted(groups[0], key=lambda each: str(each["value"]))
            ],
            "refused": {str(reason): times for reason, times in sorted(self.refused.items())},
            "overlaps": list(self._overlaps(awarded)),
            "winners": told[:GROUPS_SHOWN],
            "losers": told[::-1][: min(GROUPS_SHOWN, max(0, len(told) - GROUPS_SHOWN))],
            "sample": sample,
            "occasions": self.occasions,
        }

    def _groups(self, segment: int, awarded: Mapping[int, int]) -> list[dict[str, Any]]:
        places, names = self.crowd.groups[segment], self.crowd.names[segment]
        arms = self.crowd.arms[0]
        people = Counter(place for place, arm in zip(places, arms, strict=True) if arm)
        given: Counter[int] = Counter()
        points: Counter[int] = Counter()
        for n, each in awarded.items():
            given[places[n]] += 1
            points[places[n]] += each
        return [
            {
                "fact": SEGMENTS[segment],
                "value": names[place],
                "participants": count,
                "awarded": given[place],
                "points": points[place],
                "points_each": str((Decimal(points[place]) / count).quantize(CENT, ROUND_HALF_UP)),
            }
            for place, count in people.items()
        ]

    def _overlaps(self, awarded: Mapping[int, int]) -> Iterable[dict[str, Any]]:
        for terms in self.terms[1:]:
            both = [points for n, points in self.points[terms.campaign_id].items() if n in awarded]
            if both:
                yield {
                    "campaign_id": str(terms.campaign_id),
                    "name": terms.name.as_json(),
                    "borrowers": len(both),
                    "points": sum(both),
                }


def _told(groups: Sequence[Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Groups that are large enough, from what gains most to what gains least."""
    told = [
        each
        for some in groups
        for each in some
        if each["participants"] >= GROUP_LEAST and each["value"] is not None
    ]
    return sorted(
        told, key=lambda each: (-Decimal(each["points_each"]), each["fact"], str(each["value"]))
    )
