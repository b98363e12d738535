"""The proof of campaigns: budgets are what was decided, and every award was given and stands."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.wiring import Audit

_BUCKETS = text(
    """
    WITH decided AS (
        SELECT campaign_id, 'total' AS bucket, DATE '1970-01-01' AS period_start,
               sum(points) AS points, count(*) AS awards
          FROM campaign_decision WHERE outcome <> 'refused' GROUP BY campaign_id
        UNION ALL
        SELECT campaign_id, 'period', period_start, sum(points), count(*)
          FROM campaign_decision WHERE outcome <> 'refused' AND period_start IS NOT NULL
         GROUP BY campaign_id, period_start
    )
    SELECT coalesce(b.campaign_id, d.campaign_id) AS campaign_id,
           coalesce(b.bucket, d.bucket) AS bucket
      FROM campaign_bucket AS b
      FULL JOIN decided AS d USING (campaign_id, bucket, period_start)
     WHERE (coalesce(b.points_spent, 0), coalesce(b.awards_spent, 0))
           IS DISTINCT FROM (coalesce(d.points, 0), coalesce(d.awards, 0))
        OR b.points_spent > b.points_limit OR b.awards_spent > b.awards_limit
    """
)
_SHARES = text(
    """
    SELECT p.borrower_id, p.campaign_id
      FROM campaign_participant AS p
      LEFT JOIN (
          SELECT borrower_id, campaign_id, count(*) AS awards, sum(points) AS points
            FROM campaign_decision WHERE outcome = 'awarded' GROUP BY borrower_id, campaign_id
      ) AS d USING (borrower_id, campaign_id)
     WHERE (p.awards, p.points) IS DISTINCT FROM (coalesce(d.awards, 0), coalesce(d.points, 0))
    """
)
# What an award gave in points is what its entries say, neither less nor taken back; and what was
# reversed was taken back.
_POSTINGS = text(
    """
    WITH entry AS (
        SELECT e.borrower_id, e.source_id AS campaign_id,
               split_part(e.source_part, ':', 1)::bigint AS seq, e.moved,
               EXISTS (SELECT FROM points_entry AS r
                        WHERE r.borrower_id = e.borrower_id AND r.reverses = e.number) AS is_back
          FROM points_entry AS e WHERE e.rule = 'campaign'
    ), posted AS (
        SELECT borrower_id, campaign_id, seq, sum(moved) AS points, bool_or(is_back) AS any_back,
               bool_and(is_back) AS all_back
          FROM entry GROUP BY borrower_id, campaign_id, seq
    )
    SELECT coalesce(d.borrower_id, p.borrower_id) AS borrower_id,
           coalesce(d.campaign_id, p.campaign_id) AS campaign_id, coalesce(d.seq, p.seq) AS seq
      FROM (SELECT * FROM campaign_decision WHERE outcome <> 'refused') AS d
      FULL JOIN posted AS p USING (borrower_id, campaign_id, seq)
     WHERE coalesce(d.points, 0) <> coalesce(p.points, 0)
        OR (d.outcome = 'awarded' AND p.any_back)
        OR (d.outcome = 'reversed' AND NOT p.all_back)
    """
)
_UNDONE = text(
    """
    SELECT d.borrower_id, d.campaign_id, d.seq
      FROM campaign_decision AS d
      LEFT JOIN campaign_occasion AS o USING (borrower_id, seq)
     WHERE o.seq IS NULL OR (d.outcome = 'reversed' AND o.undone_seq IS NULL)
    """
)
_BADGES = text(
    """
    SELECT b.borrower_id, b.code FROM badge_award AS b
     WHERE b.campaign_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM campaign_decision AS d
          WHERE d.borrower_id = b.borrower_id AND d.campaign_id = b.campaign_id
            AND d.outcome <> 'refused'
            AND d.effects @> jsonb_build_array(jsonb_build_object('award_id', b.id)))
    """
)


def check_campaigns(session: Session) -> Iterator[str]:
    """One line for each difference."""
    for campaign_id, bucket in session.execute(_BUCKETS):
        yield f"campaign {campaign_id}: the {bucket} budget is not what was decided, or exceeded"
    for borrower_id, campaign_id in session.execute(_SHARES):
        yield f"campaign {campaign_id}: the share of {borrower_id} is not what was decided"
    for borrower_id, campaign_id, seq in session.execute(_POSTINGS):
        yield f"campaign {campaign_id}: award {seq} of {borrower_id} is not what was posted"
    for borrower_id, campaign_id, seq in session.execute(_UNDONE):
        yield f"campaign {campaign_id}: decision {seq} of {borrower_id} has no occasion for it"
    for borrower_id, code in session.execute(_BADGES):
        yield f"badge {code} of {borrower_id}: no campaign decided that it be given"


AUDITS = (Audit(name="campaigns", run=check_campaigns),)
