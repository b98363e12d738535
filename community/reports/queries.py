"""Reads of reports."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from backend.kit.texts import Locale
from community.cases.models import Case
from community.members import queries as members
from community.members.models import Member
from community.reports.models import Report
from community.reports.rules import OUTCOME_TEXTS, Outcome


def _with_outcome() -> Select[Any]:
    return select(*Report.__table__.c, Case.outcome).join(Case, Case.id == Report.case_id)


def page_own(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """Her reports, newest first."""
    query = _with_outcome().where(Report.reporter_id == members.id_of(borrower_id))
    return page(session, query, keys=(Report.created_at, Report.id), descending=True, args=args)


def get_own(session: Session, *, reporter_id: UUID, report_id: UUID) -> AnyRow:
    """One report of hers."""
    row: AnyRow = session.execute(
        _with_outcome().where(Report.reporter_id == reporter_id, Report.id == report_id)
    ).one()
    return row


def in_words(row: AnyRow, *, locale: Locale) -> dict[str, Any]:
    """A report as she reads it."""
    outcome = Outcome(row.outcome or Outcome.RECEIVED)
    return {**row._mapping, "outcome": outcome, "text": OUTCOME_TEXTS[outcome].in_(locale)}


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
