"""Telling whose words these are, and the second look at that."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.staff.errors import SecondPersonNeeded
from community.cases.models import Case
from community.cases.rules import Queue
from community.members import queries as members
from community.unmasking.errors import AlreadySeen, NotInNeed, UnmaskingUnknown
from community.unmasking.models import Unmasking
from community.unmasking.rules import SHOWN_MAX


def unmask(
    session: Session, *, case: Case, staff_id: UUID, reason: str, now: datetime
) -> tuple[UUID, UUID]:
    """The unmasking's id and the borrower's; the case is locked and held. Refuses: NotInNeed."""
    if case.queue != Queue.CRISIS:
        raise NotInNeed
    unmasking_id = new_id()
    session.execute(
        insert(Unmasking).values(
            id=unmasking_id,
            case_id=case.id,
            member_id=case.author_id,
            staff_id=staff_id,
            reason=reason,
            at=now,
        )
    )
    return unmasking_id, members.get_borrower_id(session, member_id=case.author_id)


def look_at(
    session: Session, *, unmasking_id: UUID, staff_id: UUID, was_right: bool, now: datetime
) -> AnyRow:
    """The second look. Refuses: UnmaskingUnknown, AlreadySeen, SecondPersonNeeded."""
    row = session.execute(
        select(*Unmasking.__table__.c).where(Unmasking.id == unmasking_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise UnmaskingUnknown
    if row.seen_by is not None:
        raise AlreadySeen
    if row.staff_id == staff_id:
        raise SecondPersonNeeded
    session.execute(
        update(Unmasking)
        .where(Unmasking.id == unmasking_id)
        .values(seen_by=staff_id, seen_at=now, was_right=was_right)
    )
    seen: AnyRow = session.execute(
        select(*Unmasking.__table__.c).where(Unmasking.id == unmasking_id)
    ).one()
    return seen


def list_open(session: Session) -> Sequence[AnyRow]:
    """Those that nobody has looked at, the oldest first."""
    return session.execute(
        select(*Unmasking.__table__.c)
        .where(Unmasking.seen_by.is_(None))
        .order_by(Unmasking.at)
        .limit(SHOWN_MAX)
    ).all()
