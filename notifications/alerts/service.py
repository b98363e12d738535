"""Raise an alert, take the one that is due, and note what became of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from notifications.alerts.models import StaffAlert
from notifications.alerts.rules import QUIET, Kind, Outcome, first_due_at, wait_after


@dataclass(frozen=True)
class Taken:
    """An alert whose turn it is, as it was when it was taken."""

    id: UUID
    kind: Kind
    version: int
    raised_at: datetime
    tries: int


def raise_alert(session: Session, *, kind: Kind, now: datetime) -> None:
    """Somebody must look. What is open already stands for this as well."""
    # First, so that whoever ends one at this moment is waited for and its end is seen below.
    open_one = session.execute(
        update(StaffAlert)
        .where(StaffAlert.kind == kind, StaffAlert.ended_at.is_(None))
        .values(version=StaffAlert.version + 1)
        .returning(StaffAlert.id)
    ).scalar_one_or_none()
    if open_one is not None:
        return
    last = session.execute(
        select(func.max(StaffAlert.ended_at)).where(
            StaffAlert.kind == kind, StaffAlert.outcome == Outcome.ACCEPTED
        )
    ).scalar_one()
    session.execute(
        upsert(StaffAlert)
        .values(
            id=new_id(),
            kind=kind,
            version=1,
            raised_at=now,
            due_at=first_due_at(now=now, last_taken_at=last),
            tries=0,
        )
        .on_conflict_do_update(
            index_elements=[StaffAlert.kind],
            index_where=StaffAlert.ended_at.is_(None),
            set_={"version": StaffAlert.version + 1},
        )
    )


def take_due(session: Session, *, now: datetime) -> Taken | None:
    """The alert to try now, if any; until its next try it is nobody else's."""
    row = session.execute(
        select(StaffAlert.__table__)
        .where(StaffAlert.ended_at.is_(None), StaffAlert.due_at <= now)
        .order_by(StaffAlert.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    tries = row.tries + 1
    session.execute(
        update(StaffAlert)
        .where(StaffAlert.id == row.id)
        .values(tries=tries, due_at=now + wait_after(tries))
    )
    return Taken(row.id, Kind(row.kind), row.version, row.raised_at, tries)


def end(session: Session, taken: Taken, *, outcome: Outcome, now: datetime) -> None:
    """It is over; where something happened meanwhile it stays open, and rings again."""
    ended = session.execute(
        update(StaffAlert)
        .where(
            StaffAlert.id == taken.id,
            StaffAlert.version == taken.version,
            StaffAlert.ended_at.is_(None),
        )
        .values(ended_at=now, outcome=outcome, last_failure=None)
        .returning(StaffAlert.id)
    ).scalar_one_or_none()
    if ended is None:
        session.execute(
            update(StaffAlert)
            .where(StaffAlert.id == taken.id, StaffAlert.ended_at.is_(None))
            .values(tries=0, due_at=now if outcome is Outcome.NOT_NEEDED else now + QUIET)
        )


def note_failure(session: Session, taken: Taken, *, failure: str) -> None:
    """Nobody took it; its next try is planned already."""
    session.execute(
        update(StaffAlert)
        .where(StaffAlert.id == taken.id, StaffAlert.ended_at.is_(None))
        .values(last_failure=failure)
    )
