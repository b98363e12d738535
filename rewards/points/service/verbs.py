"""Earning, spending, and setting aside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, text, update
from sqlalchemy.orm import Session

from backend.kit.problems import NotFound
from backend.kit.programme_zone import programme_day
from rewards.points.errors import HoldEnded, NotEnoughPoints
from rewards.points.models import PointsHold
from rewards.points.queries import get_entry, list_moves
from rewards.points.rules import (
    HOLD_DAYS_MAX,
    POINTS_MAX,
    Account,
    Kind,
    Move,
    balance_of,
    expiry_of,
    is_deadline_possible,
    opposite,
    take,
)
from rewards.points.service.expiry import expire_restored
from rewards.points.service.ledger import (
    Cause,
    Opening,
    Source,
    list_spendable,
    lock_accounts,
    open_lots,
    post,
)


def earn(
    session: Session,
    *,
    borrower_id: UUID,
    points: int,
    source: Source,
    cause: Cause,
    now: datetime,
    is_pending: bool = False,
) -> int | None:
    """Give points once for a source; answers the entry's number, or None if it had earned.

    Pending ones wait for `make_available`.
    """
    _check(points)
    kind = Kind.PENDING if is_pending else Kind.EARNED
    opening = Opening(borrower_id, points, now, cause, kind, source)
    return open_lots(session, [opening])[0]


def make_available(
    session: Session, *, borrower_id: UUID, number: int, cause: Cause, now: datetime
) -> int:
    """Let pending points be spent; their twelve months begin now. Refuses: NotFound."""
    _lock(session, borrower_id=borrower_id)
    if get_entry(session, borrower_id=borrower_id, number=number).kind != Kind.PENDING:
        raise NotFound
    lot = session.execute(
        text(
            "UPDATE points_lot SET expires_on = :expires_on, opened_at = :now"
            " WHERE borrower_id = :borrower_id AND number = :number AND pending > 0"
            " RETURNING pending"
        ),
        {
            "borrower_id": borrower_id,
            "number": number,
            "now": now,
            "expires_on": expiry_of(programme_day(now)),
        },
    ).scalar_one_or_none()
    if lot is None:
        raise NotFound
    return post(
        session,
        borrower_id=borrower_id,
        kind=Kind.MADE_AVAILABLE,
        moves=[Move(number, Account.PENDING, Account.AVAILABLE, lot)],
        cause=cause,
        occurred_at=now,
    )


def spend(session: Session, *, borrower_id: UUID, points: int, cause: Cause, now: datetime) -> int:
    """Redeem points, oldest expiry first. Refuses: NotEnoughPoints, with the balance."""
    moves = _take(session, borrower_id=borrower_id, points=points, to=Account.REDEEMED, now=now)
    return post(
        session,
        borrower_id=borrower_id,
        kind=Kind.SPENT,
        moves=moves,
        cause=cause,
        occurred_at=now,
    )


def hold(
    session: Session,
    *,
    borrower_id: UUID,
    points: int,
    deadline_at: datetime,
    cause: Cause,
    now: datetime,
) -> int:
    """Set points aside until a deadline; the number is what to capture or release.

    Refuses: NotEnoughPoints, with the balance.
    """
    if not is_deadline_possible(deadline_at, now=now):
        message = f"a hold ends within {HOLD_DAYS_MAX} days from now"
        raise ValueError(message)
    moves = _take(session, borrower_id=borrower_id, points=points, to=Account.HELD, now=now)
    number = post(
        session,
        borrower_id=borrower_id,
        kind=Kind.HELD,
        moves=moves,
        cause=cause,
        occurred_at=now,
    )
    session.execute(
        insert(PointsHold).values(
            borrower_id=borrower_id,
            number=number,
            points=points,
            state="open",
            deadline_at=deadline_at,
        )
    )
    return number


def capture(
    session: Session, *, borrower_id: UUID, number: int, cause: Cause, now: datetime
) -> int:
    """Redeem what was set aside. Refuses: NotFound, HoldEnded (also once its deadline is past)."""
    held = _get_open_hold(session, borrower_id=borrower_id, number=number)
    if held.deadline_at <= now:
        raise HoldEnded
    moves = [
        Move(move.lot, Account.HELD, Account.REDEEMED, move.points)
        for move in list_moves(session, borrower_id=borrower_id, number=number)
    ]
    return _end_hold(session, held, kind=Kind.CAPTURED, moves=moves, cause=cause, now=now)


def release(
    session: Session, *, borrower_id: UUID, number: int, cause: Cause, now: datetime
) -> int:
    """Give back what was set aside, to its lots with their days. Refuses: NotFound, HoldEnded."""
    held = _get_open_hold(session, borrower_id=borrower_id, number=number)
    moves = opposite(list_moves(session, borrower_id=borrower_id, number=number))
    ended_by = _end_hold(session, held, kind=Kind.RELEASED, moves=moves, cause=cause, now=now)
    expire_restored(session, borrower_id=borrower_id, lots=[m.lot for m in moves], now=now)
    return ended_by


def release_overdue(session: Session, *, now: datetime, limit: int) -> int:
    """Give back up to `limit` holds whose deadline has passed; answers how many."""
    overdue = session.execute(
        select(PointsHold.borrower_id, PointsHold.number)
        .where(PointsHold.state == "open", PointsHold.deadline_at <= now)
        .order_by(PointsHold.deadline_at)
        .limit(limit)
    ).all()
    # The accounts first, in one order; who ended a hold meanwhile has ended it.
    lock_accounts(session, borrower_ids=[each.borrower_id for each in overdue])
    for each in sorted(overdue):
        try:
            release(
                session,
                borrower_id=each.borrower_id,
                number=each.number,
                cause=Cause("hold_overdue"),
                now=now,
            )
        except HoldEnded:
            continue
    return len(overdue)


def _take(
    session: Session, *, borrower_id: UUID, points: int, to: Account, now: datetime
) -> list[Move]:
    _check(points)
    lock_accounts(session, borrower_ids=[borrower_id])
    today = programme_day(now)
    lots = list_spendable(session, borrower_id=borrower_id, today=today)
    balance = balance_of(lots, today=today)
    if balance < points:
        raise NotEnoughPoints(balance=balance)
    return take(lots, points=points, to_account=to, today=today)


def _lock(session: Session, *, borrower_id: UUID) -> None:
    if not lock_accounts(session, borrower_ids=[borrower_id]):
        raise NotFound


def _get_open_hold(session: Session, *, borrower_id: UUID, number: int) -> Row[Any]:
    _lock(session, borrower_id=borrower_id)
    held = session.execute(
        select(PointsHold.__table__).where(
            PointsHold.borrower_id == borrower_id, PointsHold.number == number
        )
    ).first()
    if held is None:
        raise NotFound
    if held.state != "open":
        raise HoldEnded
    return held


def _end_hold(
    session: Session,
    held: Row[Any],
    *,
    kind: Kind,
    moves: Sequence[Move],
    cause: Cause,
    now: datetime,
) -> int:
    ended_by = post(
        session,
        borrower_id=held.borrower_id,
        kind=kind,
        moves=moves,
        cause=cause,
        occurred_at=now,
    )
    session.execute(
        update(PointsHold)
        .where(PointsHold.borrower_id == held.borrower_id, PointsHold.number == held.number)
        .values(state=str(kind), ended_by=ended_by)
    )
    return ended_by


def _check(points: int) -> None:
    if not 0 < points <= POINTS_MAX:
        message = "points are moved one at least, and within reason"
        raise ValueError(message)
