"""The limits of a campaign's budgets, as its new version has them. What was spent stays spent."""

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from rewards.campaigns.engine_models import CampaignBucket
from rewards.campaigns.errors import BudgetBelowSpent
from rewards.campaigns.outcomes import Bucket
from rewards.campaigns.terms import CampaignTerms


def set_limits(session: Session, terms: CampaignTerms) -> None:
    """Refuses: BudgetBelowSpent. The campaign's row is locked; awards wait for its buckets."""
    budget = terms.budget
    total = session.execute(
        select(CampaignBucket.__table__)
        .where(
            CampaignBucket.campaign_id == terms.campaign_id, CampaignBucket.bucket == Bucket.TOTAL
        )
        .with_for_update()
    ).first()
    if total is None:
        return
    if _is_below(budget.points_total, total.points_spent) or _is_below(
        budget.awards_total, total.awards_spent
    ):
        raise BudgetBelowSpent(points_spent=total.points_spent, awards_spent=total.awards_spent)
    session.execute(
        update(CampaignBucket)
        .where(
            CampaignBucket.campaign_id == terms.campaign_id, CampaignBucket.bucket == Bucket.TOTAL
        )
        .values(points_limit=budget.points_total, awards_limit=budget.awards_total)
    )
    # In a period that runs nothing is taken back; where less is left than was given, nothing is.
    if budget.per_period is not None:
        _set_periods(
            session, terms, points=budget.per_period.points, awards=budget.per_period.awards
        )


def _set_periods(
    session: Session, terms: CampaignTerms, *, points: int | None, awards: int | None
) -> None:
    session.execute(
        update(CampaignBucket)
        .where(
            CampaignBucket.campaign_id == terms.campaign_id, CampaignBucket.bucket == Bucket.PERIOD
        )
        .values(
            points_limit=_at_least(points, CampaignBucket.points_spent),
            awards_limit=_at_least(awards, CampaignBucket.awards_spent),
        )
    )


def _at_least(limit: int | None, spent: Any) -> Any:
    return None if limit is None else func.greatest(limit, spent)


def _is_below(limit: int | None, spent: int) -> bool:
    return limit is not None and limit < spent
