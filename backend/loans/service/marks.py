"""Marks on charges that are in question, for whoever shows them; the books are not moved."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.loans.models import DisputedAdjustment


def mark_disputed(session: Session, *, borrower_id: UUID, adjustment_id: UUID, cause: str) -> None:
    """Show a fee or penalty as disputed; each `cause`, an act and its id, ends by itself."""
    session.execute(
        upsert(DisputedAdjustment)
        .values(borrower_id=borrower_id, adjustment_id=adjustment_id, cause=cause)
        .on_conflict_do_nothing()
    )


def unmark_disputed(
    session: Session, *, borrower_id: UUID, adjustment_id: UUID, cause: str
) -> None:
    """The cause is over."""
    session.execute(
        delete(DisputedAdjustment).where(
            DisputedAdjustment.borrower_id == borrower_id,
            DisputedAdjustment.adjustment_id == adjustment_id,
            DisputedAdjustment.cause == cause,
        )
    )
