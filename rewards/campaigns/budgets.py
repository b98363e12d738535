"""Budgets as they are kept: locked in one order, and spent by one conditional statement each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rewards.campaigns.engine_models import CampaignBucket as B
from rewards.campaigns.outcomes import Bucket
from rewards.campaigns.spending import Key, Spent, limits_of
from rewards.campaigns.terms import CampaignTerms

# A limit that was lowered since is never put below what is spent.
_SPEND = text(
    """
    UPDATE campaign_bucket
       SET points_spent = points_spent + :points, awards_spent = awards_spent + :awards
     WHERE campaign_id = :campaign_id AND bucket = :bucket AND period_start = :period_start
       AND (points_limit IS NULL OR points_spent + :points <= points_limit)
       AND (awards_limit IS NULL OR awards_spent + :awards <= awards_limit)
    RETURNING campaign_id
    """
)


class BudgetExceededError(RuntimeError):
    """A budget that was locked has less room than was seen under the lock: a fault of ours."""


def hold(
    session: Session, *, keys: Iterable[Key], terms: Mapping[UUID, CampaignTerms]
) -> dict[Key, Spent]:
    """Hold these budgets until the caller commits, by the limits of these terms; what is spent.

    In one order, so that two workers never wait for each other in a circle.
    """
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    _open(session, wanted, terms)
    rows = session.execute(
        select(B.__table__)
        .where(tuple_(B.campaign_id, B.bucket, B.period_start).in_(wanted))
        .order_by(B.campaign_id, B.bucket, B.period_start)
        .with_for_update()
    ).all()
    for row in rows:
        _follow(session, row, terms[row.campaign_id])
    return {
        Key(row.campaign_id, Bucket(row.bucket), row.period_start): Spent(
            row.points_spent, row.awards_spent
        )
        for row in rows
    }


def _open(session: Session, keys: Sequence[Key], terms: Mapping[UUID, CampaignTerms]) -> None:
    rows = []
    for key in keys:
        points, awards = limits_of(terms[key.campaign_id].budget, key.bucket)
        rows.append({**key._asdict(), "points_limit": points, "awards_limit": awards})
    session.execute(insert(B).values(rows).on_conflict_do_nothing())


def _follow(session: Session, row: Any, terms: CampaignTerms) -> None:
    """Take over the limits of a version that was launched since."""
    wanted = limits_of(terms.budget, Bucket(row.bucket))
    kept = tuple(
        None if limit is None else max(limit, spent)
        for limit, spent in zip(wanted, (row.points_spent, row.awards_spent), strict=True)
    )
    if kept == (row.points_limit, row.awards_limit):
        return
    session.execute(
        update(B)
        .where(
            B.campaign_id == row.campaign_id,
            B.bucket == row.bucket,
            B.period_start == row.period_start,
        )
        .values(points_limit=kept[0], awards_limit=kept[1])
    )


def spend(session: Session, *, amounts: Mapping[Key, Spent]) -> None:
    """Spend from budgets that are held. Raises BudgetExceededError where one has no room."""
    for key in sorted(amounts):
        amount = amounts[key]
        done = session.execute(
            _SPEND, {**key._asdict(), "points": amount.points, "awards": amount.awards}
        ).first()
        if done is None:
            raise BudgetExceededError
