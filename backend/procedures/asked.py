"""What she asked for, said or sent, whichever feature keeps it: each is a sign of life."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.benefits.models import WaiverRequest
from backend.disputes.models import Dispute
from backend.documents.models import Document, DocumentSuspicion
from backend.hardship.models import HardshipApplication
from backend.promises.models import Promise
from backend.repayment_plans.models import PlanRequest

# Whose, and when. Each table is keyed by the borrower, who has few rows in it.
_WORDS: tuple[tuple[Any, Any], ...] = (
    (HardshipApplication.borrower_id, HardshipApplication.submitted_at),
    (WaiverRequest.borrower_id, WaiverRequest.asked_at),
    (Document.borrower_id, Document.uploaded_at),
    (DocumentSuspicion.borrower_id, DocumentSuspicion.replied_at),
    (Promise.borrower_id, Promise.made_at),
    (Dispute.borrower_id, Dispute.submitted_at),
    (PlanRequest.borrower_id, PlanRequest.requested_at),
)


def has_asked(borrower_id: InstrumentedAttribute[UUID], since: ColumnElement[datetime]) -> Any:
    """Whether she did anything of it since then, for a query over cases."""
    return or_(
        *(select(1).where(whose == borrower_id, at >= since).exists() for whose, at in _WORDS)
    )


def count_asked(session: Session, *, borrower_id: UUID, since: datetime) -> int:
    """How many things she asked for since then, in whatever state they are by now."""
    counts = [
        select(func.count()).where(whose == borrower_id, at >= since).scalar_subquery()
        for whose, at in _WORDS
    ]
    total: ColumnElement[int] = sum(counts, start=literal(0))
    return session.execute(select(total)).scalar_one()
