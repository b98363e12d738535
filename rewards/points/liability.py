"""What the programme owes in points: by age, expiry and tier, and what may never be asked for."""

from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backend.kit.money import Rounding, rounded
from backend.tiers.queries import select_tiers
from rewards.points.models import PointsLot
from rewards.points.rules import BREAKAGE_WINDOW_MONTHS, add_months

RATE_UNITS = 10_000  # four decimals

# A lot's age is that of its earning. What is past its day is owed no more, posted or not.
_OUTSTANDING = text(
    """
    SELECT to_char(expires_on, 'YYYY-MM') AS expiry_month,
           to_char(timezone('UTC', opened_at), 'YYYY-MM') AS earned_month,
           sum(available)::bigint AS available, sum(pending)::bigint AS pending,
           sum(held)::bigint AS held
      FROM points_lot
     WHERE available + pending + held > 0 AND (expires_on >= :today OR pending + held > 0)
     GROUP BY 1, 2
     ORDER BY 1, 2
    """
)
_FLOWS = text(
    """
    SELECT coalesce(sum(p.points) FILTER (WHERE p.to_account = 'expired'), 0)::bigint AS expired,
           (coalesce(sum(p.points) FILTER (WHERE p.to_account = 'redeemed'), 0)
              - coalesce(sum(p.points) FILTER (WHERE p.from_account = 'redeemed'), 0))::bigint
               AS redeemed,
           (coalesce(sum(p.points) FILTER (WHERE p.from_account = 'issued'), 0)
              - coalesce(sum(p.points) FILTER (WHERE p.to_account = 'issued'), 0))::bigint AS issued
      FROM points_entry AS e
      JOIN points_movement AS p USING (borrower_id, number)
     WHERE e.occurred_at >= :since
    """
)
_CURED = text(
    """
    SELECT count(DISTINCT e.borrower_id)
      FROM points_entry AS e
     WHERE e.rule = 'cured' AND e.occurred_at >= :since
       AND NOT EXISTS (
           SELECT FROM points_entry AS back
            WHERE back.borrower_id = e.borrower_id AND back.reverses = e.number)
    """
)
_UNRECOVERED = text("SELECT coalesce(sum(unrecovered), 0)::bigint FROM points_entry")


def report(session: Session, *, today: date) -> dict[str, Any]:
    """The whole report, from the rows as they are."""
    rows = session.execute(_OUTSTANDING, {"today": today}).all()
    by_expiry: dict[str, int] = {}
    by_age: dict[str, int] = {}
    for row in rows:
        points = row.available + row.pending + row.held
        by_expiry[row.expiry_month] = by_expiry.get(row.expiry_month, 0) + points
        by_age[row.earned_month] = by_age.get(row.earned_month, 0) + points
    outstanding = sum(by_expiry.values())
    since = datetime.combine(add_months(today, -BREAKAGE_WINDOW_MONTHS), time(), tzinfo=UTC)
    flows = session.execute(_FLOWS, {"since": since}).one()
    cured = session.execute(_CURED, {"since": since}).scalar_one()
    return {
        "as_of": today,
        "outstanding_points": outstanding,
        "available": sum(row.available for row in rows),
        "pending": sum(row.pending for row in rows),
        "held": sum(row.held for row in rows),
        "unrecovered_points": session.execute(_UNRECOVERED).scalar_one(),
        "by_expiry_month": _months(by_expiry),
        "by_earned_month": _months(by_age),
        "by_tier": _by_tier(session, today=today),
        "breakage": _breakage(flows.expired, flows.redeemed, outstanding=outstanding),
        "cured": {
            "borrowers": cured,
            "issued_points": flows.issued,
            "points_per_borrower": (
                rounded(Fraction(flows.issued, cured), rounding=Rounding.HALF_UP) if cured else None
            ),
        },
    }


def _months(points_by_month: dict[str, int]) -> list[dict[str, Any]]:
    return [{"month": month, "points": points} for month, points in sorted(points_by_month.items())]


def _by_tier(session: Session, *, today: date) -> list[dict[str, Any]]:
    owed = PointsLot.available + PointsLot.pending + PointsLot.held
    hers = (
        select(PointsLot.borrower_id, func.sum(owed).label("points"))
        .where(owed > 0, (PointsLot.expires_on >= today) | (PointsLot.pending + PointsLot.held > 0))
        .group_by(PointsLot.borrower_id)
        .subquery("hers")
    )
    tiers = select_tiers().subquery("tiers")
    rows = session.execute(
        select(tiers.c.tier, func.count().label("borrowers"), func.sum(hers.c.points).label("owed"))
        .select_from(hers)
        .outerjoin(tiers, tiers.c.borrower_id == hers.c.borrower_id)
        .group_by(tiers.c.tier)
        .order_by(tiers.c.tier)
    )
    return [{"tier": row.tier, "borrowers": row.borrowers, "points": int(row.owed)} for row in rows]


def _breakage(expired: int, redeemed: int, *, outstanding: int) -> dict[str, Any]:
    gone = expired + redeemed
    share = Fraction(expired, gone) if gone else None
    return {
        "expired_points": expired,
        "redeemed_points": redeemed,
        "rate": None if share is None else _decimal(share),
        "expected_points": (
            None if share is None else rounded(outstanding * share, rounding=Rounding.DOWN)
        ),
    }


def _decimal(share: Fraction) -> str:
    units = rounded(share * RATE_UNITS, rounding=Rounding.HALF_UP)
    return f"{units // RATE_UNITS}.{units % RATE_UNITS:04}"
