"""Enrolments."""

from uuid import UUID

from sqlalchemy.orm import Session

from backend.programme import service
from tests.clock import NOW


def enrol(session: Session, *borrower_ids: UUID) -> None:
    service.enrol_all(session, borrower_ids=list(borrower_ids), reason="test", now=NOW)
