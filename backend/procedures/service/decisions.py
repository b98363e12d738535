"""Another person decides; what was decided is carried out; what was wrong is undone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.benefits import service as benefits
from backend.core_instructions import service as core
from backend.core_instructions.rules import Kind
from backend.kit.clock import day_in_zone
from backend.kit.db import AnyRow
from backend.kit.problems import Reason
from backend.kit.texts import Locale
from backend.procedures import queries
from backend.procedures.errors import ProcedureMoveRefused, ReplyStillPossible, SilenceEnded
from backend.procedures.rules import Ground, State, may_move, may_uphold
from backend.procedures.service.hand_over import make_file
from backend.procedures.service.moves import lock_borrower, move
from backend.procedures.texts import SIGNS
from backend.programme import queries as enrolments
from backend.programme import service as programme
from backend.programme.rules import Status
from backend.staff.errors import SecondPersonNeeded


def decide(
    session: Session,
    *,
    borrower_id: UUID,
    procedure_id: UUID,
    outcome: State,
    reason: str,
    staff_id: UUID,
    locale: Locale,
    now: datetime,
) -> None:
    """Uphold or dismiss another person's case. In her favour at any time, else after her days.

    Refuses: ProcedureUnknown, ProcedureMoveRefused, SecondPersonNeeded, ReplyStillPossible,
    SilenceEnded.
    """
    row, zone = _lock(session, borrower_id=borrower_id, procedure_id=procedure_id)
    # What has been terminated is undone by `lift`, which gives back as well.
    if row.state == State.TERMINATED or not may_move(State(row.state), outcome):
        raise ProcedureMoveRefused
    if row.opened_by == staff_id:
        raise SecondPersonNeeded
    if outcome is State.UPHELD:
        if not may_uphold(reply_until_on=row.reply_until_on, today=day_in_zone(now, zone)):
            raise ReplyStillPossible(reply_until_on=row.reply_until_on.isoformat())
        _refuse_after_sign(session, row, zone=zone, locale=locale, now=now)
    move(
        session,
        row,
        to=outcome,
        reason=reason,
        staff_id=staff_id,
        now=now,
        decided_by=staff_id,
        decided_at=now,
    )


def withdraw(
    session: Session,
    *,
    borrower_id: UUID,
    procedure_id: UUID,
    reason: str,
    staff_id: UUID,
    now: datetime,
) -> None:
    """Take a case back. Refuses: ProcedureUnknown, ProcedureMoveRefused."""
    row = queries.get_procedure(
        session, borrower_id=borrower_id, procedure_id=procedure_id, is_locked=True
    )
    move(session, row, to=State.WITHDRAWN, reason=reason, staff_id=staff_id, now=now)


def terminate(
    session: Session,
    *,
    borrower_id: UUID,
    procedure_id: UUID,
    reason: str,
    staff_id: UUID,
    locale: Locale,
    now: datetime,
) -> None:
    """Carry out what was upheld: the programme ends, the file for lawful collection is made.

    Waivers that she earned stay. Refuses as `decide`.
    """
    row, zone = _lock(session, borrower_id=borrower_id, procedure_id=procedure_id)
    if not may_move(State(row.state), State.TERMINATED):
        raise ProcedureMoveRefused
    if row.opened_by == staff_id:
        raise SecondPersonNeeded
    _refuse_after_sign(session, row, zone=zone, locale=locale, now=now)
    found = enrolments.find_enrolment(session, borrower_id=borrower_id)
    ends = found is not None and found.status in (Status.ENROLLED, Status.PAUSED)
    if ends:
        programme.set_status(
            session,
            borrower_id=borrower_id,
            status=Status.TERMINATED,
            reason=f"procedure:{procedure_id}",
            staff_id=staff_id,
            now=now,
        )
    benefits.end_of_leavers(session, borrower_ids=[borrower_id], now=now)
    move(
        session,
        row,
        to=State.TERMINATED,
        reason=reason,
        staff_id=staff_id,
        now=now,
        terminated_by=staff_id,
        terminated_at=now,
        ended_enrolment=ends,
    )
    digest = make_file(session, borrower_id=borrower_id, procedure_id=procedure_id, now=now)
    _tell_core(session, row, state="handed_over", now=now, sha256=digest)


def lift(
    session: Session,
    *,
    borrower_id: UUID,
    procedure_id: UUID,
    reason: str,
    staff_id: UUID,
    now: datetime,
) -> None:
    """Undo a termination on appeal, by another than who decided: she is enrolled again.

    Refuses: ProcedureUnknown, ProcedureMoveRefused, SecondPersonNeeded.
    """
    row, _ = _lock(session, borrower_id=borrower_id, procedure_id=procedure_id)
    if row.state != State.TERMINATED:
        raise ProcedureMoveRefused
    if staff_id in (row.decided_by, row.terminated_by):
        raise SecondPersonNeeded
    move(
        session,
        row,
        to=State.DISMISSED,
        reason=reason,
        staff_id=staff_id,
        now=now,
        lifted_by=staff_id,
        lifted_at=now,
    )
    if row.ended_enrolment:
        programme.reinstate(
            session,
            borrower_id=borrower_id,
            reason=f"procedure:{procedure_id}",
            staff_id=staff_id,
            now=now,
        )
    _tell_core(session, row, state="taken_back", now=now)


def _lock(session: Session, *, borrower_id: UUID, procedure_id: UUID) -> tuple[AnyRow, str]:
    zone = lock_borrower(session, borrower_id=borrower_id, with_payments=True)
    row = queries.get_procedure(
        session, borrower_id=borrower_id, procedure_id=procedure_id, is_locked=True
    )
    return row, zone


def _refuse_after_sign(
    session: Session, row: AnyRow, *, zone: str, locale: Locale, now: datetime
) -> None:
    if row.ground != Ground.SILENCE:
        return
    sign = queries.find_sign(
        session,
        borrower_id=row.borrower_id,
        first_at=datetime.fromisoformat(row.proof["first_at"]),
        zone=zone,
        now=now,
    )
    if sign is not None:
        raise SilenceEnded(reasons=[Reason(code=sign, text=SIGNS[sign].in_(locale))])


def _tell_core(session: Session, row: AnyRow, *, state: str, now: datetime, **more: Any) -> None:
    core.instruct(
        session,
        borrower_id=row.borrower_id,
        kind=Kind.HANDED_OVER,
        occasion=f"procedure:{row.id}:{state}",
        payload={"procedure_id": str(row.id), "ground": row.ground, "state": state, **more},
        now=now,
    )
