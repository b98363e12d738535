"""Who has a payment that was taken back."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.loans.models import Payment


def list_with_reversals(session: Session, *, borrower_ids: Sequence[UUID]) -> list[UUID]:
    """Those of these borrowers of whose payments one or more never were, after all."""
    ids = literal(list(borrower_ids), ARRAY(Uuid))
    rows = session.execute(
        select(Payment.borrower_id)
        .where(Payment.borrower_id == any_(ids), Payment.reversed_on.is_not(None))
        .distinct()
    )
    return list(rows.scalars())
