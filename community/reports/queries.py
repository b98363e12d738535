"""Reads of reports."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from community.members.models import Member
from community.reports.models import Report


def list_reporters(session: Session, *, case_id: UUID) -> list[UUID]:
    """Borrowers who reported what a case is about."""
    return list(
        session.execute(
            select(Member.borrower_id)
            .join(Report, Report.reporter_id == Member.id)
            .where(Report.case_id == case_id)
            .distinct()
        ).scalars()
    )


def count_reasons(session: Session, *, case_id: UUID) -> Sequence[AnyRow]:
    """Why a case's text was reported: rows of reason and count."""
    return session.execute(
        select(Report.reason, func.count().label("count"))
        .where(Report.case_id == case_id)
        .group_by(Report.reason)
        .order_by(Report.reason)
    ).all()


def list_notes(session: Session, *, case_id: UUID, limit: int = 10) -> list[str]:
    """What reporters added, the newest first; nobody learns who."""
    found = session.execute(
        select(Report.note)
        .where(Report.case_id == case_id, Report.note.is_not(None))
        .order_by(Report.created_at.desc())
        .limit(limit)
    ).scalars()
    return [note for note in found if note is not None]


def count_since(session: Session, *, reporter_id: UUID, since: datetime) -> int:
    """How much she reported since then."""
    return session.execute(
        select(func.count()).where(Report.reporter_id == reporter_id, Report.created_at > since)
    ).scalar_one()
