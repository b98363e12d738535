"""Reads of enrolments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Row,
    Uuid,
    and_,
    exists,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.kit.bulk import sql_ids
from backend.programme.models import Enrolment, EnrolmentChange, ProgrammeDraw
from backend.programme.rules import Status

HISTORY_MAX = 100
Owner = ColumnElement[UUID] | InstrumentedAttribute[UUID]

_ENROLLED = text(
    """
    SELECT borrower_id, since_at FROM enrolment
     WHERE borrower_id = ANY(CAST(:borrower_ids AS uuid[])) AND status = 'enrolled'
    """
)


@dataclass(frozen=True)
class EnrolmentView:
    """Where she stands and how she came there, newest step first."""

    status: str | None
    assignment: str | None
    since_at: datetime | None
    history: Sequence[Row[Any]]


def find_enrolment(session: Session, *, borrower_id: UUID) -> Row[Any] | None:
    return session.execute(
        select(Enrolment.__table__).where(Enrolment.borrower_id == borrower_id)
    ).first()


def get_enrolment_view(session: Session, *, borrower_id: UUID) -> EnrolmentView:
    """For staff; of somebody who was never drawn or enrolled, all is empty."""
    row = find_enrolment(session, borrower_id=borrower_id)
    if row is None:
        return EnrolmentView(None, None, None, ())
    history = session.execute(
        select(EnrolmentChange.__table__)
        .where(EnrolmentChange.borrower_id == borrower_id)
        .order_by(EnrolmentChange.number.desc())
        .limit(HISTORY_MAX)
    ).all()
    return EnrolmentView(row.status, row.assignment, row.since_at, history)


def is_left_alone(borrower_id: Owner) -> ColumnElement[bool]:
    """Of a statement's rows, whose programme was terminated or who is of the control group."""
    return exists().where(
        Enrolment.borrower_id == borrower_id,
        (Enrolment.status == Status.TERMINATED) | Enrolment.status.is_(None),
    )


def get_draw(session: Session, *, draw_id: UUID) -> Row[Any]:
    """One draw with what came of it."""
    return session.execute(select(ProgrammeDraw.__table__).where(ProgrammeDraw.id == draw_id)).one()


def is_enrolled(session: Session, *, borrower_id: UUID) -> bool:
    """Whether rewards and benefits are for her now."""
    row = find_enrolment(session, borrower_id=borrower_id)
    return row is not None and row.status == Status.ENROLLED


def list_statuses_at(
    session: Session, *, moments: Sequence[tuple[UUID, datetime]]
) -> dict[tuple[UUID, datetime], str]:
    """Where each of these borrowers stood at that instant; of the others nothing is known."""
    asked = (
        func.unnest(
            literal([borrower_id for borrower_id, _ in moments], ARRAY(Uuid)),
            literal([at for _, at in moments], ARRAY(DateTime(timezone=True))),
        )
        .table_valued("borrower_id", "at")
        .render_derived()
    )
    rows = session.execute(
        select(asked.c.borrower_id, asked.c.at, EnrolmentChange.status)
        .ext(distinct_on(asked.c.borrower_id, asked.c.at))
        .join(
            EnrolmentChange,
            and_(
                EnrolmentChange.borrower_id == asked.c.borrower_id,
                EnrolmentChange.at <= asked.c.at,
            ),
        )
        .order_by(asked.c.borrower_id, asked.c.at, EnrolmentChange.number.desc())
    )
    return {(row.borrower_id, row.at): row.status for row in rows}


def count_by_status(session: Session) -> dict[str, int]:
    """How many stand where; `none` counts those drawn for control and not enrolled."""
    rows = session.execute(
        select(func.coalesce(Enrolment.status, "none"), func.count()).group_by(Enrolment.status)
    )
    return {status: count for status, count in rows}  # noqa: C416 - rows are no plain pairs


def list_enrolled(session: Session, *, borrower_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Which of these are enrolled now, and since when."""
    rows = session.execute(_ENROLLED, {"borrower_ids": sql_ids(borrower_ids)})
    return {row.borrower_id: row.since_at for row in rows}
