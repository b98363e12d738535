"""A report, and the case that it gathers in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from community.cases import queries as case_queries
from community.cases import service as cases
from community.cases.rules import SEVERITY, Cause, Target
from community.cases.service import Subject
from community.detectors import lender
from community.members import queries as member_queries
from community.members import service as members
from community.reports import queries
from community.reports.errors import OwnReport, TooManyReports
from community.reports.models import Report
from community.reports.rules import CAUSES, REPORTS_MAX, WITHIN, Reason
from community.writings import queries as writings
from community.writings.errors import WritingUnknown
from community.writings.models import Writing


def pass_on(session: Session, *, from_case: UUID, to_case: UUID, but: Reason | None = None) -> None:
    """What was reported is looked at in another case; who reported hears of that one."""
    query = update(Report).where(Report.case_id == from_case)
    session.execute(
        (query if but is None else query.where(Report.reason != but)).values(case_id=to_case)
    )


def report(
    session: Session,
    *,
    borrower_id: UUID,
    target_type: Target,
    target_id: UUID,
    reason: Reason,
    note: str | None,
    now: datetime,
) -> AnyRow:
    """Store a report; said before, it is the same report.

    Refuses: NotFound, WritingUnknown, OwnReport, TooManyReports.
    """
    reporter_id = members.join(session, borrower_id=borrower_id, now=now)
    writing = _get_seen(session, borrower_id=borrower_id, target=target_type, target_id=target_id)
    # One after the other: neither two at once nor many pass the day's number.
    members.get_for_update(session, member_id=reporter_id)
    if writing.author_id == reporter_id:
        raise OwnReport
    known = _find(session, reporter_id=reporter_id, target_id=target_id, reason=reason)
    if known is not None:
        return known
    if queries.count_since(session, reporter_id=reporter_id, since=now - WITHIN) >= REPORTS_MAX:
        raise TooManyReports(retry_after_seconds=int(WITHIN.total_seconds()))
    case_id = _gather(session, writing=writing, target=target_type, reason=reason, now=now)
    session.execute(
        upsert(Report)
        .values(
            reporter_id=reporter_id,
            id=new_id(),
            target_type=target_type,
            target_id=target_id,
            reason=reason,
            note=note,
            case_id=case_id,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    row: AnyRow = session.execute(_of(reporter_id, target_id, reason)).one()
    return row


def _get_seen(session: Session, *, borrower_id: UUID, target: Target, target_id: UUID) -> AnyRow:
    """What she can see, locked before its case as everywhere. Refuses: WritingUnknown."""
    reader = member_queries.id_of(borrower_id)
    row = session.execute(
        select(*Writing.__table__.c)
        .where(Writing.id == target_id, writings.is_shown_to(reader))
        .with_for_update(read=True)
    ).one_or_none()
    if row is None or writings.target_of(row) != target:
        raise WritingUnknown
    return row


def _find(session: Session, *, reporter_id: UUID, target_id: UUID, reason: Reason) -> AnyRow | None:
    return session.execute(_of(reporter_id, target_id, reason)).one_or_none()


def _of(reporter_id: UUID, target_id: UUID, reason: Reason) -> Select[Any]:
    return select(*Report.__table__.c).where(
        Report.reporter_id == reporter_id,
        Report.target_id == target_id,
        Report.reason == reason,
    )


def _gather(
    session: Session, *, writing: AnyRow, target: Target, reason: Reason, now: datetime
) -> UUID:
    """Its case; or the decided one, where these very words were judged as gravely and kept."""
    cause = CAUSES[reason]
    settled = _find_settled(session, writing=writing, target=target, cause=cause)
    if settled is not None:
        return settled
    subject = Subject(target, writing.id, writing.author_id, bytes(writing.content_hash))
    causes = {cause}
    if lender.is_complaint(writing.title or "", writing.body):
        causes.add(Cause.LENDER)
    return cases.open_case(session, subject=subject, causes=causes, is_report=True, now=now)


def _find_settled(
    session: Session, *, writing: AnyRow, target: Target, cause: Cause
) -> UUID | None:
    if cause is Cause.CRISIS:
        return None
    if case_queries.find_open(session, target=target, target_id=writing.id) is not None:
        return None
    case = cases.find_settled(
        session, target=target, target_id=writing.id, content_hash=bytes(writing.content_hash)
    )
    return case.id if case is not None and case.severity >= SEVERITY[cause] else None
