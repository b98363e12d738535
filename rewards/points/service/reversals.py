"""Undoing what was given, or what was taken; and taking without undoing."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from backend.kit.problems import NotFound
from backend.kit.programme_zone import programme_day
from rewards.points.errors import EntryNotReversible, EntryReversed
from rewards.points.models import PointsLot
from rewards.points.queries import find_reversal, get_entry, list_moves
from rewards.points.rules import (
    OPENING,
    SPENDING,
    Account,
    Kind,
    Lot,
    Move,
    opposite,
    take,
)
from rewards.points.service.expiry import expire_restored
from rewards.points.service.ledger import Cause, list_spendable, lock_accounts, post


def reverse(
    session: Session, *, borrower_id: UUID, number: int, cause: Cause, now: datetime
) -> int:
    """Undo an entry, once; answers the number of the entry that does so.

    What was spent goes back to its lots with their days; where a day has passed, it expires at
    once. What was given is taken back: from its own lot first, and for what of that was spent
    from the others, oldest expiry first. It never takes what is not there; the rest is recorded
    as unrecovered. Refuses: NotFound, EntryReversed, EntryNotReversible.
    """
    if not lock_accounts(session, borrower_ids=[borrower_id]):
        raise NotFound
    entry = get_entry(session, borrower_id=borrower_id, number=number)
    if find_reversal(session, borrower_id=borrower_id, number=number) is not None:
        raise EntryReversed
    moves = list_moves(session, borrower_id=borrower_id, number=number)
    kind = Kind(entry.kind)
    is_gift = any(move.lot == number for move in moves)
    if kind in OPENING and is_gift:
        return _take_back(session, entry, cause=cause, now=now)
    if kind in SPENDING:
        return _restore(session, entry, moves, cause=cause, now=now)
    raise EntryNotReversible


def claw_back(
    session: Session, *, borrower_id: UUID, points: int, cause: Cause, now: datetime
) -> int:
    """Forfeit up to that many points, oldest expiry first; what is not there is recorded.

    Refuses: NotFound.
    """
    if not lock_accounts(session, borrower_ids=[borrower_id]):
        raise NotFound
    today = programme_day(now)
    lots = list_spendable(session, borrower_id=borrower_id, today=today)
    moves = take(lots, points=points, to_account=Account.FORFEITED, today=today)
    return post(
        session,
        borrower_id=borrower_id,
        kind=Kind.FORFEITED,
        moves=moves,
        cause=cause,
        occurred_at=now,
        unrecovered=points - sum(move.points for move in moves),
    )


def _restore(
    session: Session, entry: Row[Any], moves: list[Move], *, cause: Cause, now: datetime
) -> int:
    back = opposite(moves)
    number = post(
        session,
        borrower_id=entry.borrower_id,
        kind=Kind.RESTORED,
        moves=back,
        cause=cause,
        occurred_at=now,
        reverses=entry.number,
    )
    lots = [move.lot for move in back]
    expire_restored(session, borrower_id=entry.borrower_id, lots=lots, now=now)
    return number


def _take_back(session: Session, entry: Row[Any], *, cause: Cause, now: datetime) -> int:
    own = session.execute(
        select(PointsLot.__table__).where(
            PointsLot.borrower_id == entry.borrower_id, PointsLot.number == entry.number
        )
    ).one()
    to = Account.ADJUSTED if entry.kind == Kind.ADJUSTED else Account.ISSUED
    moves = [
        Move(own.number, account, to, points)
        for account, points in ((Account.AVAILABLE, own.available), (Account.PENDING, own.pending))
        if points
    ]
    # What has expired she never had the use of; what she spent or holds is sought elsewhere.
    owed = own.spent + own.held
    today = programme_day(now)
    others = _others(session, entry, today=today)
    moves += take(others, points=owed, to_account=to, today=today)
    taken_elsewhere = sum(move.points for move in moves if move.lot != own.number)
    return post(
        session,
        borrower_id=entry.borrower_id,
        kind=Kind.TAKEN_BACK,
        moves=moves,
        cause=cause,
        occurred_at=now,
        reverses=entry.number,
        unrecovered=owed - taken_elsewhere,
    )


def _others(session: Session, entry: Row[Any], *, today: date) -> list[Lot]:
    lots = list_spendable(session, borrower_id=entry.borrower_id, today=today)
    return [lot for lot in lots if lot.number != entry.number]
