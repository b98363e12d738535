"""What was logged of a borrower, for tests that are not about the log."""

from uuid import UUID

from sqlalchemy.orm import Session

from backend.evidence import service as evidence
from tests.clock import NOW


def receipt_of(session: Session, borrower_id: UUID) -> str:
    """The id of an entry of hers that stands in the log."""
    made = evidence.record(
        session,
        type=evidence.Act.PLAN_DECIDED,
        borrower_id=borrower_id,
        record={"decision": "approved"},
        now=NOW,
    )
    evidence.seal_batch(session, after=0, now=NOW)
    return str(made)
