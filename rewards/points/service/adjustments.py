"""Points given or taken by hand: one person asks and says why, another decides."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.borrowers.queries import find_timezone
from backend.evidence import service as evidence
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.problems import NotFound
from backend.kit.programme_zone import programme_day
from backend.staff.errors import SecondPersonNeeded
from rewards.points.errors import AdjustmentDecided, NotEnoughPoints
from rewards.points.models import PointsAdjustment
from rewards.points.queries import get_adjustment
from rewards.points.rules import Account, Kind, balance_of, take
from rewards.points.service.ledger import (
    Cause,
    Opening,
    list_spendable,
    lock_accounts,
    open_lots,
    post,
)


def ask_adjustment(
    session: Session,
    *,
    borrower_id: UUID,
    points: int,
    reason: str,
    asked_by: UUID,
    now: datetime,
) -> UUID:
    """Ask for points to be given, or (less than zero) taken. Refuses: NotFound."""
    if find_timezone(session, borrower_id=borrower_id) is None:
        raise NotFound
    adjustment_id = new_id()
    session.execute(
        insert(PointsAdjustment).values(
            borrower_id=borrower_id,
            id=adjustment_id,
            points=points,
            reason=reason,
            state="open",
            asked_by=asked_by,
            asked_at=now,
        )
    )
    return adjustment_id


def confirm_adjustment(
    session: Session, *, borrower_id: UUID, adjustment_id: UUID, decided_by: UUID, now: datetime
) -> None:
    """Do what another person asked for.

    Refuses: NotFound, AdjustmentDecided, SecondPersonNeeded, NotEnoughPoints (with the balance).
    """
    lock_accounts(session, borrower_ids=[borrower_id])
    asked = _get_open(session, borrower_id, adjustment_id, decided_by=decided_by)
    cause = Cause("adjustment", adjustment_id)
    number = (
        _give(session, asked, cause=cause, now=now)
        if asked.points > 0
        else _take(session, asked, cause=cause, now=now)
    )
    _decide(session, asked, "confirmed", entry=number, decided_by=decided_by, now=now)
    names = ("id", "points", "reason", "asked_by", "asked_at")
    decided = {name: getattr(asked, name) for name in names} | {"decided_by": decided_by}
    act = evidence.Act.POINTS_ADJUSTED
    evidence.record(session, type=act, borrower_id=borrower_id, record=decided, now=now)


def reject_adjustment(
    session: Session, *, borrower_id: UUID, adjustment_id: UUID, decided_by: UUID, now: datetime
) -> None:
    """Leave it undone. Refuses: NotFound, AdjustmentDecided, SecondPersonNeeded."""
    asked = _get_open(session, borrower_id, adjustment_id, decided_by=decided_by)
    _decide(session, asked, "rejected", entry=None, decided_by=decided_by, now=now)


def _get_open(
    session: Session, borrower_id: UUID, adjustment_id: UUID, *, decided_by: UUID
) -> AnyRow:
    session.execute(
        select(PointsAdjustment.id)
        .where(PointsAdjustment.borrower_id == borrower_id, PointsAdjustment.id == adjustment_id)
        .with_for_update()
    )
    asked = get_adjustment(session, borrower_id=borrower_id, adjustment_id=adjustment_id)
    if asked.state != "open":
        raise AdjustmentDecided
    if asked.asked_by == decided_by:
        raise SecondPersonNeeded
    return asked


def _give(session: Session, asked: AnyRow, *, cause: Cause, now: datetime) -> int:
    opening = Opening(asked.borrower_id, asked.points, now, cause, kind=Kind.ADJUSTED)
    number = open_lots(session, [opening])[0]
    if number is None:
        # Without a source nothing can have earned before.
        raise NotFound
    return number


def _take(session: Session, asked: AnyRow, *, cause: Cause, now: datetime) -> int:
    today = programme_day(now)
    lots = list_spendable(session, borrower_id=asked.borrower_id, today=today)
    balance = balance_of(lots, today=today)
    if balance < -asked.points:
        raise NotEnoughPoints(balance=balance)
    return post(
        session,
        borrower_id=asked.borrower_id,
        kind=Kind.ADJUSTED,
        moves=take(lots, points=-asked.points, to_account=Account.ADJUSTED, today=today),
        cause=cause,
        occurred_at=now,
    )


def _decide(
    session: Session,
    asked: AnyRow,
    state: str,
    *,
    entry: int | None,
    decided_by: UUID,
    now: datetime,
) -> None:
    session.execute(
        update(PointsAdjustment)
        .where(PointsAdjustment.borrower_id == asked.borrower_id, PointsAdjustment.id == asked.id)
        .values(state=state, entry=entry, decided_by=decided_by, decided_at=now)
    )
