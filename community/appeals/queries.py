"""Reads of appeals."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from community.appeals.models import Appeal


def find_of_decision(session: Session, *, decision_id: UUID) -> AnyRow | None:
    """The appeal against a decision."""
    query = select(*Appeal.__table__.c).where(Appeal.decision_id == decision_id)
    return session.execute(query).one_or_none()


def get_of_decision(session: Session, *, decision_id: UUID) -> AnyRow:
    """The appeal that was made against it."""
    query = select(*Appeal.__table__.c).where(Appeal.decision_id == decision_id)
    return session.execute(query).one()


def list_of(session: Session, *, member_id: UUID) -> dict[UUID, AnyRow]:
    """Her appeals by the decision that they are about."""
    rows = session.execute(select(*Appeal.__table__.c).where(Appeal.member_id == member_id))
    return {row.decision_id: row for row in rows}
