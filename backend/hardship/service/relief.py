"""Relief begins, is prolonged, and ends: tier, contact and fact follow it in one act."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, tuple_, update
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.contacts import service as contacts
from backend.events.hardship import HardshipChanged
from backend.hardship import queries, rules
from backend.hardship.models import HardshipApplication
from backend.hardship.rules import FREEZE_CAUSE, OPEN, State
from backend.kit.db import AnyRow
from backend.kit.outbox import announce
from backend.tiers import service as tiers


def relieve(
    session: Session, *, application: AnyRow, until_on: date, today: date, now: datetime
) -> None:
    """No worse tier and no reminders up to and including a day; a second time may prolong it."""
    was_relieved = queries.is_relieved(session, borrower_id=application.borrower_id)
    is_first = application.relief_from_on is None
    write(
        session,
        application,
        relief_from_on=today if is_first else application.relief_from_on,
        relief_until_on=until_on,
        relief_ended_at=None,
    )
    tiers.freeze(
        session,
        borrower_id=application.borrower_id,
        cause=FREEZE_CAUSE,
        until_on=until_on,
        now=now,
    )
    contacts.hold(
        session,
        borrower_id=application.borrower_id,
        cause=rules.hold_cause(application.id),
        until_on=until_on,
        now=now,
    )
    if not was_relieved:
        _tell(session, application, is_active=True, now=now)


def end_relief(session: Session, *, application: AnyRow, today: date, now: datetime) -> None:
    """What an application brought is over; what another one brought goes on."""
    if application.relief_from_on is None or application.relief_ended_at is not None:
        return
    write(session, application, relief_ended_at=now)
    contacts.release(
        session, borrower_id=application.borrower_id, cause=rules.hold_cause(application.id)
    )
    if queries.is_relieved(session, borrower_id=application.borrower_id):
        return
    tiers.lift_freeze(session, borrower_id=application.borrower_id, cause=FREEZE_CAUSE, today=today)
    _tell(session, application, is_active=False, now=now)


def _tell(session: Session, application: AnyRow, *, is_active: bool, now: datetime) -> None:
    announce(
        session,
        HardshipChanged(borrower_id=application.borrower_id, occurred_at=now, is_active=is_active),
    )


def write(session: Session, application: AnyRow, **values: Any) -> None:
    """Change a row that the caller has locked."""
    session.execute(
        update(HardshipApplication)
        .where(
            HardshipApplication.borrower_id == application.borrower_id,
            HardshipApplication.id == application.id,
        )
        .values(**values)
    )


def list_due(
    session: Session, *, today: date, now: datetime, after: tuple[UUID, UUID], limit: int
) -> Sequence[tuple[UUID, UUID]]:
    """Applications on which a day has come: nobody decided in time, or relief has had its last."""
    is_running = HardshipApplication.relief_from_on.is_not(
        None
    ) & HardshipApplication.relief_ended_at.is_(None)
    # What waits for her any longer brings nothing more.
    is_her_turn = (HardshipApplication.state == State.INFO_REQUESTED) & (
        HardshipApplication.asked_at < now - rules.ASKED_FOR
    )
    is_late = HardshipApplication.state.in_(OPEN) & (
        (HardshipApplication.decide_by_on < today) & ~is_running & ~is_her_turn
    )
    is_over = HardshipApplication.relief_ended_at.is_(None) & (
        HardshipApplication.relief_until_on < today
    )
    rows = session.execute(
        select(HardshipApplication.borrower_id, HardshipApplication.id)
        .where(
            or_(is_late, is_over),
            tuple_(HardshipApplication.borrower_id, HardshipApplication.id) > after,
        )
        .order_by(HardshipApplication.borrower_id, HardshipApplication.id)
        .limit(limit)
    )
    return [(row.borrower_id, row.id) for row in rows]


def move_on(
    session: Session, *, borrower_id: UUID, application_id: UUID, today: date, now: datetime
) -> str:
    """What the day asks for: relief while we are late, an end where it was granted so long.

    Answers prolonged, ended or nothing.
    """
    row = lock_hers(session, borrower_id=borrower_id, application_id=application_id)
    if row.state in OPEN:
        return _carry_on(session, row, today=today, now=now)
    if row.state != State.GRANTED or row.relief_until_on >= today:
        return "nothing"
    end_relief(session, application=row, today=today, now=now)
    write(session, row, state=State.ENDED)
    return "ended"


def _carry_on(session: Session, row: AnyRow, *, today: date, now: datetime) -> str:
    is_running = row.relief_from_on is not None and row.relief_ended_at is None
    if (row.relief_until_on if is_running else row.decide_by_on) >= today:
        return "nothing"
    until = rules.prolonged_until(today)
    if row.state == State.INFO_REQUESTED:
        # It is her turn: that nobody decides is not our fault alone.
        until = min(until, rules.asked_until(row.asked_at.date()))
    if until >= today:
        relieve(session, application=row, until_on=until, today=today, now=now)
        return "prolonged"
    if not is_running:
        return "nothing"
    end_relief(session, application=row, today=today, now=now)
    return "ended"


def lock_hers(session: Session, *, borrower_id: UUID, application_id: UUID) -> AnyRow:
    """One of hers, and the lock of them all: what one of them ends another may carry on.

    Refuses: ApplicationUnknown.
    """
    lock_borrower(session, borrower_id=borrower_id)
    return queries.get_for_update(session, borrower_id=borrower_id, application_id=application_id)


def lock_borrower(session: Session, *, borrower_id: UUID) -> bool:
    """Whoever begins or ends relief of hers waits here. False where she is nobody."""
    held = select(Borrower.id).where(Borrower.id == borrower_id).with_for_update(key_share=True)
    return session.execute(held).scalar_one_or_none() is not None
