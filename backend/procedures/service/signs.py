"""A sign of life ends a case of silence, whoever noticed it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, any_, cast, exists, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.borrowers.models import Borrower
from backend.contacts.models import ContactHold
from backend.contacts.rules import PROTECTIVE
from backend.loans.models import Payment
from backend.procedures import queries
from backend.procedures.asked import has_asked
from backend.procedures.models import Procedure
from backend.procedures.rules import OPEN, Ground, State
from backend.procedures.service.moves import move

_OPEN_SILENCES = (
    select(*Procedure.__table__.c, Borrower.timezone)
    .join(Borrower, Borrower.id == Procedure.borrower_id)
    .where(Procedure.ground == Ground.SILENCE, Procedure.state.in_(OPEN))
)


def end_silences(session: Session, *, borrower_ids: Sequence[UUID], now: datetime) -> int:
    """Withdraw what these borrowers' signs of life have ended; how many cases there were."""
    rows = session.execute(
        _OPEN_SILENCES.where(
            Procedure.borrower_id == any_(literal(list(borrower_ids), ARRAY(Uuid)))
        )
        .order_by(Procedure.borrower_id)
        .with_for_update(of=Procedure)
    ).all()
    return sum(_end(session, row, now=now) for row in rows)


def end_silences_unnoticed(session: Session, *, today: date, now: datetime, limit: int) -> int:
    """The same, of those who have paid or asked for something since, at most `limit` cases.

    No event of a payment is heard for it: there are many payments and few cases.
    """
    first_at = cast(Procedure.proof["first_at"].astext, DateTime(timezone=True))
    first_on = cast(func.timezone(Borrower.timezone, first_at), Date)
    is_held = exists().where(
        ContactHold.borrower_id == Procedure.borrower_id,
        ContactHold.cause != PROTECTIVE,
        (ContactHold.until_on >= today) | (ContactHold.created_at >= first_at),
    )
    has_paid = exists().where(
        Payment.borrower_id == Procedure.borrower_id,
        Payment.reversed_on.is_(None),
        queries.paid_by_on() >= first_on,
    )
    rows = session.execute(
        _OPEN_SILENCES.where(is_held | has_paid | has_asked(Procedure.borrower_id, first_at))
        .order_by(Procedure.borrower_id)
        .limit(limit)
        .with_for_update(of=Procedure, skip_locked=True)
    ).all()
    return sum(_end(session, row, now=now) for row in rows)


def _end(session: Session, row: Any, *, now: datetime) -> bool:
    sign = queries.find_sign(
        session,
        borrower_id=row.borrower_id,
        first_at=datetime.fromisoformat(row.proof["first_at"]),
        zone=row.timezone,
        now=now,
    )
    if sign is None:
        return False
    move(session, row, to=State.WITHDRAWN, reason=sign, staff_id=None, now=now)
    return True
