"""Books of what is spent, kept in memory while occasions are decided. Pure."""

from array import array
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from rewards.campaigns.evaluation import Candidate
from rewards.campaigns.outcomes import Bucket
from rewards.campaigns.terms import Budget, CampaignTerms

# The whole budget is a period that has no beginning.
EVER = date(1970, 1, 1)


class Key(NamedTuple):
    """Which budget."""

    campaign_id: UUID
    bucket: Bucket
    period_start: date


@dataclass(slots=True)
class Spent:
    """How much of a budget, or of her own share, is spent, in points and in awards."""

    points: int = 0
    awards: int = 0


def limits_of(budget: Budget, bucket: Bucket) -> tuple[int | None, int | None]:
    """Points and awards of the whole budget, or of one period of it."""
    if bucket is Bucket.TOTAL:
        return budget.points_total, budget.awards_total
    period = budget.per_period
    return (None, None) if period is None else (period.points, period.awards)


def keys_of(terms: CampaignTerms, period_start: date | None) -> list[Key]:
    """The budgets that an award is taken from."""
    keys = [Key(terms.campaign_id, Bucket.TOTAL, EVER)]
    if period_start is not None:
        keys.append(Key(terms.campaign_id, Bucket.PERIOD, period_start))
    return keys


def has_room(spent: Spent, points: int, limits: tuple[int | None, int | None]) -> bool:
    """Whether one award more fits, whole."""
    points_max, awards_max = limits
    return (points_max is None or spent.points + points <= points_max) and (
        awards_max is None or spent.awards + 1 <= awards_max
    )


class Spending:
    """Budgets and shares as they are spent; `buckets` and `shares` begin as the caller fills them.

    What a reversal gives back is her own share. A budget stays spent.
    """

    def __init__(self) -> None:
        self.buckets: dict[Key, Spent] = {}
        self.shares: dict[tuple[UUID, Any], Spent] = {}

    def may_have(self, candidate: Candidate) -> bool:
        """Whether her own limit has room for one more award."""
        budget = candidate.terms.budget
        share = self.share_of(candidate.terms.campaign_id, candidate.who)
        return has_room(share, candidate.points, (budget.points_each, budget.awards_each))

    def take(self, candidate: Candidate, period_start: date | None) -> bool:
        """Spend an award whole, from every budget that it touches, or nothing."""
        terms, points = candidate.terms, candidate.points
        spent = [
            (self.buckets.setdefault(key, Spent()), limits_of(terms.budget, key.bucket))
            for key in keys_of(terms, period_start)
        ]
        if not all(has_room(each, points, limits) for each, limits in spent):
            return False
        for each, _ in spent:
            each.points += points
            each.awards += 1
        self.change_share(terms.campaign_id, candidate.who, points=points, awards=1)
        return True

    def share_of(self, campaign_id: UUID, who: Any) -> Spent:
        """What she has of a campaign."""
        return self.shares.get((campaign_id, who)) or Spent()

    def change_share(self, campaign_id: UUID, who: Any, *, points: int, awards: int) -> None:
        """Note what she was given, or with negative figures what was taken back."""
        share = self.shares.setdefault((campaign_id, who), Spent())
        share.points += points
        share.awards += awards


class PackedSpending(Spending):
    """The same for very many, who are numbered from 0: sixteen bytes for each and campaign."""

    def __init__(self, *, borrowers: int) -> None:
        super().__init__()
        self._size = borrowers
        self._packed: dict[UUID, tuple[array[int], array[int]]] = {}

    def share_of(self, campaign_id: UUID, who: Any) -> Spent:
        """What she has of a campaign."""
        points, awards = self._of(campaign_id)
        return Spent(points[who], awards[who])

    def change_share(self, campaign_id: UUID, who: Any, *, points: int, awards: int) -> None:
        """Note what she was given, or with negative figures what was taken back."""
        packed_points, packed_awards = self._of(campaign_id)
        packed_points[who] += points
        packed_awards[who] += awards

    def _of(self, campaign_id: UUID) -> tuple["array[int]", "array[int]"]:
        if campaign_id not in self._packed:
            empty = bytes(8 * self._size)
            self._packed[campaign_id] = (array("q", empty), array("q", empty))
        return self._packed[campaign_id]
