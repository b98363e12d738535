"""Reads of cases."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, all_, any_, func, literal, or_, select, true
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from community.cases.models import Case, CaseStep
from community.cases.rules import Queue, State, Step, Target


def find_open(session: Session, *, target: Target, target_id: UUID) -> Case | None:
    """The open case about something, locked."""
    return session.execute(
        select(Case)
        .where(Case.target_type == target, Case.target_id == target_id, Case.state == State.OPEN)
        .with_for_update()
    ).scalar_one_or_none()


def find_last_causes(session: Session, *, target: Target, target_id: UUID) -> list[str]:
    """Why the newest case about something was opened; nothing where there was none."""
    causes = session.execute(
        select(Case.causes)
        .where(Case.target_type == target, Case.target_id == target_id)
        .order_by(Case.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    return causes or []


def free_for(
    *, staff_id: UUID, is_lead: bool, now: datetime, again: bool = False
) -> tuple[ColumnElement[bool], ...]:
    """What she may take: open, in nobody's hands, not kept from her. `again`: what she skipped."""
    hers = literal(staff_id)
    return (
        Case.state == State.OPEN,
        or_(Case.claimed_until.is_(None), Case.claimed_until <= now),
        true() if is_lead else Case.is_for_lead.is_(False),
        hers != all_(Case.barred),
        hers == any_(Case.skipped) if again else hers != all_(Case.skipped),
    )


def list_held(session: Session, *, staff_id: UUID, limit: int = 10) -> Sequence[Case]:
    """What is in somebody's hands, the gravest first."""
    return (
        session.execute(
            select(Case)
            .where(Case.claimed_by == staff_id, Case.state == State.OPEN)
            .order_by(Case.severity.desc(), Case.opened_at, Case.id)
            .limit(limit)
        )
        .scalars()
        .all()
    )


def count_taken(session: Session, *, staff_id: UUID, queue: Queue, since: datetime) -> int:
    """How many cases of a queue somebody took since then."""
    return session.execute(
        select(func.count(CaseStep.case_id.distinct())).where(
            CaseStep.staff_id == staff_id,
            CaseStep.at > since,
            CaseStep.what == Step.CLAIMED,
            CaseStep.queue == queue,
        )
    ).scalar_one()


def count_queues(session: Session, *, now: datetime) -> Sequence[AnyRow]:
    """For each queue where something waits: how many, how many overdue or held, the oldest."""
    is_held = Case.claimed_until > now
    return session.execute(
        select(
            Case.queue,
            func.count().label("open"),
            func.count().filter(or_(Case.claimed_until.is_(None), ~is_held)).label("waiting"),
            func.count().filter(Case.due_at < now).label("overdue"),
            func.count().filter(Case.is_for_lead).label("for_lead"),
            func.min(Case.opened_at).label("oldest_at"),
        )
        .where(Case.state == State.OPEN)
        .group_by(Case.queue)
    ).all()


def is_any_open(session: Session, *, queue: Queue) -> bool:
    """Whether something of a queue is undecided, in somebody's hands or not."""
    found = select(Case.id).where(Case.queue == queue, Case.state == State.OPEN).limit(1)
    return session.execute(found).first() is not None


def list_steps(session: Session, *, case_id: UUID, limit: int = 100) -> Sequence[AnyRow]:
    """The trail of a case, oldest first."""
    return session.execute(
        select(CaseStep.__table__)
        .where(CaseStep.case_id == case_id)
        .order_by(CaseStep.number)
        .limit(limit)
    ).all()
