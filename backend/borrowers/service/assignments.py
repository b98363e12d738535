"""Who looks after whom: one account manager at a time, and all of the past."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.borrowers import queries
from backend.borrowers.errors import BorrowerNotFound, NotAnAccountManager
from backend.borrowers.models import Assignment, Borrower
from backend.kit.ids import new_id
from backend.staff import queries as staff_queries
from backend.staff import service as staff
from backend.staff.rules import Role


def assign(
    session: Session, *, borrower_id: UUID, staff_id: UUID, by: UUID | None, now: datetime
) -> None:
    """Make her the borrower's account manager, in place of whoever was. Repeating changes nothing.

    Refuses: BorrowerNotFound, NotAnAccountManager. `by` is empty for the command line.
    """
    _lock(session, borrower_id)
    if not staff_queries.holds_role(session, staff_id=staff_id, role=Role.ACCOUNT_MANAGER):
        raise NotAnAccountManager
    present = queries.find_assignment(session, borrower_id=borrower_id)
    if present is not None and present.staff_id == staff_id:
        return
    _end(session, borrower_id, by=by, now=now)
    session.execute(
        insert(Assignment).values(
            borrower_id=borrower_id, id=new_id(), staff_id=staff_id, since=now, assigned_by=by
        )
    )
    _tell(session, "borrower.assign", borrower_id, staff_id=staff_id, by=by)


def unassign(session: Session, *, borrower_id: UUID, by: UUID | None, now: datetime) -> None:
    """Leave her without one. Repeating changes nothing. Refuses: BorrowerNotFound."""
    _lock(session, borrower_id)
    present = queries.find_assignment(session, borrower_id=borrower_id)
    if present is not None:
        _end(session, borrower_id, by=by, now=now)
        _tell(session, "borrower.unassign", borrower_id, staff_id=present.staff_id, by=by)


def assign_many(
    session: Session,
    *,
    borrower_ids: Sequence[UUID],
    staff_id: UUID,
    by: UUID | None,
    now: datetime,
) -> int:
    """Make her the account manager of all of these at once; how many that changed.

    Refuses: BorrowerNotFound (one of them is nobody; then nothing changes), NotAnAccountManager.
    """
    ids = sorted(set(borrower_ids))
    locked = session.execute(
        select(Borrower.id)
        .where(Borrower.id.in_(ids))
        .order_by(Borrower.id)
        .with_for_update(key_share=True)
    )
    if len(locked.all()) < len(ids):
        raise BorrowerNotFound
    if not staff_queries.holds_role(session, staff_id=staff_id, role=Role.ACCOUNT_MANAGER):
        raise NotAnAccountManager
    already = session.execute(
        select(Assignment.borrower_id).where(
            Assignment.borrower_id.in_(ids),
            Assignment.staff_id == staff_id,
            Assignment.ended_at.is_(None),
        )
    ).scalars()
    changed = sorted(set(ids) - set(already))
    if not changed:
        return 0
    session.execute(
        update(Assignment)
        .where(Assignment.borrower_id.in_(changed), Assignment.ended_at.is_(None))
        .values(ended_at=now, ended_by=by)
    )
    session.execute(
        insert(Assignment),
        [
            {
                "borrower_id": each,
                "id": new_id(),
                "staff_id": staff_id,
                "since": now,
                "assigned_by": by,
            }
            for each in changed
        ],
    )
    staff.record_action(
        session,
        staff_id=by,
        action="borrower.assign-many",
        subject=f"staff:{staff_id}",
        details={"borrowers": len(changed)},
    )
    return len(changed)


def list_to_hand_on(session: Session, *, staff_id: UUID, limit: int) -> list[UUID]:
    """Whom somebody looks after now, at most `limit` of them."""
    rows = session.execute(
        select(Assignment.borrower_id)
        .where(Assignment.staff_id == staff_id, Assignment.ended_at.is_(None))
        .order_by(Assignment.borrower_id)
        .limit(limit)
    )
    return list(rows.scalars())


def _lock(session: Session, borrower_id: UUID) -> None:
    # Her own row: of an assignment that does not exist yet there is none to take.
    found = select(Borrower.id).where(Borrower.id == borrower_id).with_for_update(key_share=True)
    if session.execute(found).scalar_one_or_none() is None:
        raise BorrowerNotFound


def _end(session: Session, borrower_id: UUID, *, by: UUID | None, now: datetime) -> None:
    session.execute(
        update(Assignment)
        .where(Assignment.borrower_id == borrower_id, Assignment.ended_at.is_(None))
        .values(ended_at=now, ended_by=by)
    )


def _tell(
    session: Session, action: str, borrower_id: UUID, *, staff_id: UUID, by: UUID | None
) -> None:
    staff.record_action(
        session,
        staff_id=by,
        action=action,
        subject=f"borrower:{borrower_id}",
        details={"staff_id": str(staff_id)},
    )
