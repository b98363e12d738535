"""Reads of consents. `is_granted` and `granted_to` are the one question that everybody asks."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from backend.borrowers.errors import BorrowerNotFound
from backend.borrowers.models import Borrower
from backend.consents import rules
from backend.consents.models import Consent
from backend.consents.rules import Answer
from backend.consents.rules import Purpose as Purpose  # also for those who ask from outside
from backend.kit.paging import Page, page


def is_granted(session: Session, *, borrower_id: UUID, purpose: Purpose) -> bool:
    """Whether it may be done for her, now."""
    row = session.execute(
        select(Consent.version, Consent.granted, Consent.at)
        .where(Consent.borrower_id == borrower_id, Consent.purpose == purpose)
        .order_by(Consent.number.desc())
        .limit(1)
    ).one_or_none()
    last = None if row is None else Answer(row.version, row.granted, row.at)
    return rules.is_granted(purpose, last)


def granted_to(borrower_id: ColumnElement[UUID] | Any, *, purpose: Purpose) -> ColumnElement[bool]:
    """The same as `is_granted`, of every borrower whose id stands in that column."""
    newer = aliased(Consent)
    is_newest = ~exists().where(
        newer.borrower_id == Consent.borrower_id,
        newer.purpose == Consent.purpose,
        newer.number > Consent.number,
    )
    return (
        exists()
        .where(
            Consent.borrower_id == borrower_id,
            Consent.purpose == purpose,
            Consent.granted,
            Consent.version.in_(rules.counting(purpose)),
            is_newest,
        )
        .correlate_except(Consent)
    )


def list_last(session: Session, *, borrower_id: UUID) -> dict[Purpose, Answer]:
    """The newest answer of each purpose that she ever spoke of. Refuses: BorrowerNotFound."""
    newest = (
        select(Consent.borrower_id, Consent.purpose, func.max(Consent.number).label("number"))
        .where(Consent.borrower_id == borrower_id)
        .group_by(Consent.borrower_id, Consent.purpose)
        .subquery("newest")
    )
    said = and_(Consent.borrower_id == newest.c.borrower_id, Consent.number == newest.c.number)
    # She is asked for first, so that one who is nobody is not told what is off.
    rows = session.execute(
        select(Consent.purpose, Consent.version, Consent.granted, Consent.at)
        .select_from(Borrower)
        .outerjoin(newest, newest.c.borrower_id == Borrower.id)
        .outerjoin(Consent, said)
        .where(Borrower.id == borrower_id)
    ).all()
    if not rows:
        raise BorrowerNotFound
    return {
        Purpose(row.purpose): Answer(row.version, row.granted, row.at)
        for row in rows
        if row.purpose is not None
    }


def get_last_number(session: Session, *, borrower_id: UUID) -> int:
    """How many rows she has."""
    found = select(func.max(Consent.number)).where(Consent.borrower_id == borrower_id)
    return session.execute(found).scalar_one() or 0


def page_history(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """All that she ever said, newest first."""
    query = select(Consent.__table__).where(Consent.borrower_id == borrower_id)
    return page(session, query, keys=(Consent.number,), args=args, descending=True)
