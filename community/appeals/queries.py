"""Reads of appeals."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from community.appeals.models import Appeal


def find_of_decision(
    session: Session, *, decision_id: UUID, for_update: bool = False
) -> AnyRow | None:
    """The appeal against a decision."""
    query = select(*Appeal.__table__.c).where(Appeal.decision_id == decision_id)
    return session.execute(query.with_for_update() if for_update else query).one_or_none()


def list_of(session: Session, *, member_id: UUID) -> dict[UUID, AnyRow]:
    """Her appeals by the decision that they are about."""
    rows = session.execute(select(*Appeal.__table__.c).where(Appeal.member_id == member_id))
    return {row.decision_id: row for row in rows}
