"""All that news of a borrower's loans may change about her requests and plans."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.repayment_plans.service.booking import follow_booking
from backend.repayment_plans.service.freezes import offset_penalties
from backend.repayment_plans.service.keeping import follow_plan
from backend.tiers import service as tiers


def follow_borrower(
    session: Session,
    *,
    borrower_id: UUID,
    loan_ids: Sequence[UUID],
    request_ids: Sequence[UUID],
    now: datetime,
) -> None:
    """Offset penalties of loans that were frozen; bring requests up to what was booked and paid."""
    tiers.lock(session, borrower_id=borrower_id)
    for loan_id in loan_ids:
        offset_penalties(session, borrower_id=borrower_id, loan_id=loan_id, now=now)
    for request_id in request_ids:
        follow_booking(session, borrower_id=borrower_id, request_id=request_id, now=now)
        follow_plan(session, borrower_id=borrower_id, request_id=request_id, now=now)
