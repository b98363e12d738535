"""Reads of points."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.kit.bulk import sql_ids
from backend.kit.paging import Page, page
from backend.kit.problems import NotFound
from rewards.points.models import (
    EarnRuleVersion,
    PointsAdjustment,
    PointsEntry,
)
from rewards.points.rules import Account, Move

ADJUSTMENTS_SHOWN = 50

# All that she is shown, in one statement. Nothing counts after its day, posted or not.
_OWN = text(
    """
    SELECT a.pending, a.held,
           (SELECT coalesce(json_agg(json_build_array(on_day, points) ORDER BY on_day), '[]')
              FROM (
                  SELECT expires_on AS on_day, sum(available)::bigint AS points
                    FROM points_lot
                   WHERE borrower_id = :borrower_id AND available > 0 AND expires_on >= :today
                   GROUP BY expires_on
              ) AS live) AS live
      FROM points_account AS a
     WHERE a.borrower_id = :borrower_id
    """
)
_MOVES = text(
    """
    SELECT lot, from_account, to_account, points FROM points_movement
     WHERE borrower_id = :borrower_id AND number = :number
     ORDER BY lot
    """
)
# Awards for these loans that stand: made, and not taken back since. And how often each was made.
_AWARDS = text(
    """
    SELECT e.borrower_id, e.rule, e.source_id, e.source_part, e.round, e.number, e.rule_version,
           EXISTS (
               SELECT FROM points_entry AS back
                WHERE back.borrower_id = e.borrower_id AND back.reverses = e.number
           ) AS is_taken_back
      FROM unnest(CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]))
           AS wanted(borrower_id, loan_id)
      CROSS JOIN unnest(CAST(:rules AS text[])) AS rule(name)
      JOIN LATERAL (
          SELECT * FROM points_entry AS own
           WHERE own.borrower_id = wanted.borrower_id AND own.rule = rule.name
             AND own.source_id = wanted.loan_id
          OFFSET 0
      ) AS e ON true
     ORDER BY e.borrower_id, e.round
    """
)


def get_own(session: Session, *, borrower_id: UUID, today: date) -> dict[str, Any]:
    """What she can spend, what waits, and what expires when; all zero before the first point."""
    row = session.execute(_OWN, {"borrower_id": borrower_id, "today": today}).first()
    if row is None:
        return {"available": 0, "pending": 0, "held": 0, "expiring": []}
    return {
        "available": sum(points for _, points in row.live),
        "pending": row.pending,
        "held": row.held,
        "expiring": [{"on": on, "points": points} for on, points in row.live],
    }


def get_available(session: Session, *, borrower_id: UUID, today: date) -> int:
    """What she can spend today."""
    return int(get_own(session, borrower_id=borrower_id, today=today)["available"])


def page_entries(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """What happened to her points, the newest first."""
    own = select(PointsEntry.__table__).where(PointsEntry.borrower_id == borrower_id)
    return page(session, own, keys=(PointsEntry.number,), args=args, descending=True)


def get_entry(session: Session, *, borrower_id: UUID, number: int) -> Row[Any]:
    """One entry of hers. Refuses: NotFound."""
    row = session.execute(
        select(PointsEntry.__table__).where(
            PointsEntry.borrower_id == borrower_id, PointsEntry.number == number
        )
    ).first()
    if row is None:
        raise NotFound
    return row


def find_reversal(session: Session, *, borrower_id: UUID, number: int) -> int | None:
    """The number of the entry that undid an entry of hers."""
    return session.execute(
        select(PointsEntry.number).where(
            PointsEntry.borrower_id == borrower_id, PointsEntry.reverses == number
        )
    ).scalar_one_or_none()


def list_moves(session: Session, *, borrower_id: UUID, number: int) -> list[Move]:
    """The postings of an entry of hers, by lot."""
    rows = session.execute(_MOVES, {"borrower_id": borrower_id, "number": number})
    return [Move(lot, Account(f), Account(t), points) for lot, f, t, points in rows]


def list_awards(
    session: Session, *, loans: Sequence[tuple[UUID, UUID]], rules: Sequence[str]
) -> Sequence[Row[Any]]:
    """Every award for these (borrower, loan) by these rules, earlier rounds first."""
    return session.execute(
        _AWARDS,
        {
            "borrower_ids": sql_ids([borrower_id for borrower_id, _ in loans]),
            "loan_ids": sql_ids([loan_id for _, loan_id in loans]),
            "rules": list(rules),
        },
    ).all()


def page_adjustments(session: Session, *, who: Any, args: Mapping[str, Any]) -> Page:
    """Adjustments of those whom `who` may see, waiting for a second person, the oldest first."""
    waiting = select(PointsAdjustment.__table__).where(
        PointsAdjustment.state == "open", borrowers.visible_to(who, PointsAdjustment.borrower_id)
    )
    keys = (PointsAdjustment.asked_at, PointsAdjustment.id)
    return page(session, waiting, keys=keys, args=args)


def get_adjustment(session: Session, *, borrower_id: UUID, adjustment_id: UUID) -> Row[Any]:
    """One adjustment of hers. Refuses: NotFound."""
    row = session.execute(
        select(PointsAdjustment.__table__).where(
            PointsAdjustment.borrower_id == borrower_id, PointsAdjustment.id == adjustment_id
        )
    ).first()
    if row is None:
        raise NotFound
    return row


def list_adjustments(session: Session, *, borrower_id: UUID) -> Sequence[Row[Any]]:
    """Her adjustments, the newest first."""
    return session.execute(
        select(PointsAdjustment.__table__)
        .where(PointsAdjustment.borrower_id == borrower_id)
        .order_by(PointsAdjustment.id.desc())
        .limit(ADJUSTMENTS_SHOWN)
    ).all()


def page_rule_versions(session: Session, *, args: Mapping[str, Any]) -> Page:
    """Versions of the earn rules, the newest first."""
    versions = select(EarnRuleVersion.__table__)
    return page(session, versions, keys=(EarnRuleVersion.version,), args=args, descending=True)


def get_rule_version(session: Session, *, version: int) -> Row[Any]:
    """A version, draft or published. Refuses: NotFound."""
    row = session.execute(
        select(EarnRuleVersion.__table__).where(EarnRuleVersion.version == version)
    ).first()
    if row is None:
        raise NotFound
    return row


_FIND_AWARD = text(
    """
    SELECT e.number, e.kind, e.round, e.occurred_at, e.details, lot.pending,
           EXISTS (
               SELECT FROM points_entry AS back
                WHERE back.borrower_id = e.borrower_id AND back.reverses = e.number
           ) AS is_reversed
      FROM points_entry AS e
      JOIN points_lot AS lot ON lot.borrower_id = e.borrower_id AND lot.number = e.number
     WHERE e.borrower_id = :borrower_id AND e.rule = :rule AND e.source_id = :source_id
     ORDER BY e.round DESC LIMIT 1
    """
)
_COUNT_AWARDS = text(
    """
    SELECT count(*) AS times, coalesce(sum(lot.points), 0)::bigint AS points
      FROM points_entry AS e
      JOIN points_lot AS lot ON lot.borrower_id = e.borrower_id AND lot.number = e.number
     WHERE e.borrower_id = :borrower_id AND e.rule = :rule AND e.details ->> 'period' = :period
       AND NOT EXISTS (
           SELECT FROM points_entry AS back
            WHERE back.borrower_id = e.borrower_id AND back.reverses = e.number)
    """
)


def find_award(
    session: Session, *, borrower_id: UUID, rule: str, source_id: UUID
) -> Row[Any] | None:
    """The newest award for a source, what of it is pending, and whether it was taken back."""
    return session.execute(
        _FIND_AWARD, {"borrower_id": borrower_id, "rule": rule, "source_id": source_id}
    ).first()


def count_awards(session: Session, *, borrower_id: UUID, rule: str, period: str) -> tuple[int, int]:
    """How often a rule was awarded in a period, and how many points that made."""
    row = session.execute(
        _COUNT_AWARDS, {"borrower_id": borrower_id, "rule": rule, "period": period}
    ).one()
    return row.times, row.points
