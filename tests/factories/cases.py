"""What a borrower said and asked for, for tests that are not about how it goes on."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.benefits.models import WaiverRequest
from backend.disputes import service as disputes
from backend.disputes.rules import About
from backend.kit.ids import new_id
from backend.promises import service as promises
from tests.clock import NOW, TODAY


def promise_of(session: Session, borrower_id: UUID, *, loan_id: str) -> str:
    """The id of an open promise of hers."""
    made = promises.make_promise(
        session,
        borrower_id=borrower_id,
        loan_id=UUID(loan_id),
        amount_minor=100,
        on=TODAY + timedelta(days=7),
        now=NOW,
    )
    return str(made)


def dispute_of(
    session: Session, borrower_id: UUID, *, loan_id: str, asked_by: UUID | None = None
) -> str:
    """The id of an open dispute of hers, with a question to her where somebody `asked_by` it."""
    made = disputes.submit(
        session,
        borrower_id=borrower_id,
        loan_id=UUID(loan_id),
        about=About.OTHER,
        text="Please look.",
        adjustment_id=None,
        payment_id=None,
        now=NOW,
    )
    if asked_by is not None:
        disputes.ask(
            session,
            borrower_id=borrower_id,
            dispute_id=made,
            question="On which day?",
            staff_id=asked_by,
            now=NOW,
        )
    return str(made)


def waiver_request_of(session: Session, borrower_id: UUID, *, loan_id: str) -> str:
    """The id of a waiver request of hers that waits for a person."""
    request_id = new_id()
    session.execute(
        insert(WaiverRequest).values(
            borrower_id=borrower_id,
            id=request_id,
            loan_id=UUID(loan_id),
            reason="job_loss",
            months=1,
            state="open",
            is_automatic=False,
            why_a_person=["reason-needs-proof"],
            months_at_once=0,
            currency="CNY",
            lines=[],
            waived_minor=0,
            asked_at=NOW,
            changed_at=NOW,
            due_on=TODAY + timedelta(days=3),
        )
    )
    return str(request_id)
