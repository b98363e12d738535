"""The limit of a campaign's whole budget, as its new version has it. What was spent stays spent.

Those of periods follow with the next award: `budgets` never puts one below what is spent of it.
"""

from sqlalchemy import select, update
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


def _is_below(limit: int | None, spent: int) -> bool:
    return limit is not None and limit < spent
