"""What changes enrolments: the draw, a roll-out to all, one borrower's own step."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, func, insert, literal, null, select, text, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import String, Uuid

from backend.borrowers.models import Borrower
from backend.events.programme import EnrolmentChanged
from backend.kit import crypto
from backend.kit.ids import new_id
from backend.kit.outbox import announce, announce_select
from backend.kit.predicates import parse
from backend.kit.problems import NotFound
from backend.kit.programme_zone import moment
from backend.profile import queries as profile
from backend.programme import draw_sql
from backend.programme.errors import EnrolmentMoveRefused
from backend.programme.models import Enrolment, EnrolmentChange, ProgrammeDraw
from backend.programme.rules import Assignment, Status, may_move

DRAW_SECONDS_MAX = 120  # everybody is looked at, and perhaps enrolled

_ASSIGN = text(
    """
    WITH wanted AS (
        SELECT * FROM unnest(:ids, :statuses, :assignments) AS w(borrower_id, status, assignment)
    ), drawn AS (
        INSERT INTO enrolment (borrower_id, status, assignment, assigned_at, since_at, number)
        SELECT w.borrower_id, w.status, w.assignment, :now, :now, 1
        FROM wanted w JOIN borrower b ON b.id = w.borrower_id
        ORDER BY w.borrower_id
        ON CONFLICT (borrower_id) DO NOTHING
        RETURNING borrower_id, status
    ), noted AS (
        INSERT INTO enrolment_change (borrower_id, number, status, reason, at)
        SELECT borrower_id, 1, status, :reason, :now FROM drawn WHERE status IS NOT NULL
    )
    SELECT borrower_id FROM drawn WHERE status IS NOT NULL
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("statuses", type_=ARRAY(String)),
    bindparam("assignments", type_=ARRAY(String)),
)


def enrol_all(
    session: Session,
    *,
    borrower_ids: Sequence[UUID],
    reason: str,
    now: datetime,
    is_history: bool = False,
) -> int:
    """Roll-out: enrol these who were never drawn or enrolled; the others keep what they have.

    Their `EnrolmentChanged` is told to hearers, unless `is_history`: then the rebuild of their
    facts, which is still to come, will find it. Returns how many were enrolled.
    """
    return _assign(
        session,
        assigned=dict.fromkeys(borrower_ids, Assignment.ROLL_OUT),
        reason=reason,
        now=now,
        is_history=is_history,
    )


def run_draw(
    session: Session,
    *,
    kind: str,
    among: Mapping[str, Any] | None,
    include_control: bool,
    reason: str,
    staff_id: UUID,
    now: datetime,
    today: date,
) -> UUID:
    """Draw for the pilot, or enrol who is left; whoever has an assignment keeps it.

    A roll-out leaves the control group alone unless `include_control`. Refuses: Invalid.
    """
    catalogue = profile.get_catalogue(session)
    meant = None if among is None else parse(among, facts=catalogue.types, pointer="#/among")
    limit = func.set_config("statement_timeout", f"{DRAW_SECONDS_MAX}s", true())
    session.execute(select(limit))
    # One draw at a time: each sees what the one before it has assigned.
    session.execute(text("LOCK TABLE programme_draw IN SHARE ROW EXCLUSIVE MODE"))
    draw_id = new_id()
    session.execute(
        insert(ProgrammeDraw).values(
            id=draw_id,
            kind=kind,
            among=null() if among is None else among,
            include_control=include_control,
            reason=reason,
            staff_id=staff_id,
            drawn_at=now,
        )
    )
    at: dict[str, Any] = {"draw_id": draw_id, "reason": reason, "now": now}
    on = moment(now, today=today).parameters
    if kind == "pilot":
        key = crypto.keyed_hash("", kind="programme.draw")
        drawn = draw_sql.pilot(catalogue, among=meant, key=key)
        considered, enrolled = session.execute(draw_sql.assign(drawn, **at), on).one()
    else:
        left = draw_sql.roll_out(catalogue, among=meant)
        considered, enrolled = session.execute(draw_sql.assign(left, **at), on).one()
        waiting = (
            draw_sql.enrol_control(catalogue, among=meant, **at)
            if include_control
            else draw_sql.count_control(catalogue, among=meant)
        )
        control = session.execute(waiting, on).scalar_one()
        considered += control
        enrolled += control if include_control else 0
    session.execute(
        update(ProgrammeDraw)
        .where(ProgrammeDraw.id == draw_id)
        .values(considered=considered, enrolled=enrolled, control=considered - enrolled)
    )
    announce_select(session, EnrolmentChanged, draw_sql.enrolled_by(draw_id))
    return draw_id


def _assign(
    session: Session,
    *,
    assigned: Mapping[UUID, Assignment],
    reason: str,
    now: datetime,
    is_history: bool = False,
) -> int:
    ids = sorted(assigned)
    statuses = [None if assigned[i] is Assignment.CONTROL else Status.ENROLLED for i in ids]
    enrolled = list(
        session.execute(
            _ASSIGN,
            {
                "ids": ids,
                "statuses": statuses,
                "assignments": [assigned[each] for each in ids],
                "reason": reason,
                "now": now,
            },
        ).scalars()
    )
    if enrolled:
        rows: Any = select(
            Enrolment.borrower_id,
            Enrolment.since_at.label("occurred_at"),
            Enrolment.status.label("status"),
        ).where(Enrolment.borrower_id == any_(literal(enrolled, ARRAY(Uuid))))
        announce_select(session, EnrolmentChanged, rows, is_history=is_history)
    return len(enrolled)


def set_status(
    session: Session,
    *,
    borrower_id: UUID,
    status: Status,
    reason: str,
    staff_id: UUID | None,
    now: datetime,
) -> None:
    """One borrower joins, pauses or leaves. Refuses: NotFound, EnrolmentMoveRefused."""
    # Her own row is the lock: of an enrolment that does not exist yet there is none to take.
    found = session.execute(
        select(Borrower.id).where(Borrower.id == borrower_id).with_for_update(key_share=True)
    ).first()
    if found is None:
        raise NotFound
    row = session.execute(
        select(Enrolment.status, Enrolment.number).where(Enrolment.borrower_id == borrower_id)
    ).first()
    before = Status(row.status) if row is not None and row.status is not None else None
    if not may_move(before, status):
        raise EnrolmentMoveRefused
    _move(
        session,
        borrower_id=borrower_id,
        status=status,
        number=1 if row is None else row.number + 1,
        reason=reason,
        staff_id=staff_id,
        now=now,
    )


def reinstate(
    session: Session, *, borrower_id: UUID, reason: str, staff_id: UUID, now: datetime
) -> None:
    """Take a termination back that should not have been. Refuses: EnrolmentMoveRefused.

    For whoever decided on the appeal; no enrolment comes back by an ordinary step.
    """
    row = session.execute(
        select(Enrolment.status, Enrolment.number)
        .where(Enrolment.borrower_id == borrower_id)
        .with_for_update(key_share=True)
    ).first()
    if row is None or row.status != Status.TERMINATED:
        raise EnrolmentMoveRefused
    _move(
        session,
        borrower_id=borrower_id,
        status=Status.ENROLLED,
        number=row.number + 1,
        reason=reason,
        staff_id=staff_id,
        now=now,
    )


def _move(
    session: Session,
    *,
    borrower_id: UUID,
    status: Status,
    number: int,
    reason: str,
    staff_id: UUID | None,
    now: datetime,
) -> None:
    _write(session, borrower_id=borrower_id, status=status, number=number, now=now)
    session.execute(
        insert(EnrolmentChange).values(
            borrower_id=borrower_id,
            number=number,
            status=status,
            reason=reason,
            staff_id=staff_id,
            at=now,
        )
    )
    announce(session, EnrolmentChanged(borrower_id=borrower_id, occurred_at=now, status=status))


def lock_enrolled(session: Session, *, borrower_ids: Sequence[UUID]) -> list[UUID]:
    """Those of these borrowers for whom rewards are now; they stay so until the caller commits.

    In id order. Others who have an enrolment are locked, too.
    """
    rows = session.execute(
        select(Enrolment.borrower_id, Enrolment.status)
        .where(Enrolment.borrower_id == any_(literal(list(borrower_ids), ARRAY(Uuid))))
        .order_by(Enrolment.borrower_id)
        .with_for_update(key_share=True)
    )
    return [row.borrower_id for row in rows if row.status == Status.ENROLLED]


def _write(
    session: Session, *, borrower_id: UUID, status: Status, number: int, now: datetime
) -> None:
    state = {"status": status, "since_at": now, "number": number}
    if number == 1:
        session.execute(
            insert(Enrolment).values(
                borrower_id=borrower_id, assignment=Assignment.ROLL_OUT, assigned_at=now, **state
            )
        )
        return
    session.execute(update(Enrolment).where(Enrolment.borrower_id == borrower_id).values(**state))
