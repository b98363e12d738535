"""What plans hear: news of loans, and the core system's word."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.core_instructions.rules import Kind
from backend.events.core_instructions import InstructionAcknowledged
from backend.events.loans import (
    InstallmentMissed,
    InstallmentPaid,
    LoanChanged,
    LoansSettled,
    PaymentReversed,
)
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler
from backend.repayment_plans import queries, service

BULK_MAX = 10  # an event stands for a hundred borrowers and more
_ACCEPTED = re.compile(rf"plan:(?P<id>[0-9a-f-]{{36}}):{re.escape(Kind.PLAN_ACCEPTED)}:\d+")


def _follow_loans(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    about: set[UUID] = set()
    for each in recorded:
        if isinstance(each.event, LoansSettled):
            about.update(each.event.borrower_ids)
        elif each.event.borrower_id is not None:
            about.add(each.event.borrower_id)
    ids = sorted(about)
    # In the order of borrowers, so that two workers lock in one order.
    for borrower_id, loan_id in queries.list_frozen_loans(session, borrower_ids=ids):
        service.offset_penalties(session, borrower_id=borrower_id, loan_id=loan_id, now=now)
    for row in queries.list_concerned(session, borrower_ids=ids):
        key = {"borrower_id": row.borrower_id, "request_id": row.id}
        service.follow_booking(session, **key, now=now)
        service.follow_plan(session, **key, now=now)


def _follow_core(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    told: set[tuple[UUID, UUID]] = set()
    for each in recorded:
        event = each.event
        if isinstance(event, InstructionAcknowledged) and event.borrower_id is not None:
            found = _ACCEPTED.fullmatch(event.occasion)
            if found is not None:
                told.add((event.borrower_id, UUID(found["id"])))
    for borrower_id, request_id in sorted(told):
        service.follow_acknowledgement(
            session, borrower_id=borrower_id, request_id=request_id, now=now
        )


HANDLERS = (
    Handler(
        name="plans.loans",
        hears=(
            InstallmentPaid,
            InstallmentMissed,
            PaymentReversed,
            LoanChanged,
        ),
        run=_follow_loans,
    ),
    Handler(name="plans.bulk", hears=(LoansSettled,), run=_follow_loans, batch_max=BULK_MAX),
    Handler(name="plans.core", hears=(InstructionAcknowledged,), run=_follow_core),
)
