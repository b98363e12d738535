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
    service.watch_withdrawn(session, borrower_ids=ids)
    frozen = queries.list_frozen_loans(session, borrower_ids=ids)
    concerned = queries.list_concerned(session, borrower_ids=ids)
    # One borrower after the other, and of each her tier first: everybody locks in that order.
    for borrower_id in sorted({owner for owner, _ in [*frozen, *concerned]}):
        service.follow_borrower(
            session,
            borrower_id=borrower_id,
            loan_ids=[loan_id for owner, loan_id in frozen if owner == borrower_id],
            request_ids=[plan_id for owner, plan_id in concerned if owner == borrower_id],
            now=now,
        )


def _follow_core(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    told: set[tuple[UUID, UUID]] = set()
    taken_back: set[UUID] = set()
    for each in recorded:
        event = each.event
        if isinstance(event, InstructionAcknowledged) and event.borrower_id is not None:
            if event.kind == Kind.PLAN_WITHDRAWN:
                taken_back.add(event.borrower_id)
            found = _ACCEPTED.fullmatch(event.occasion)
            if found is not None:
                told.add((event.borrower_id, UUID(found["id"])))
    service.watch_withdrawn(session, borrower_ids=sorted(taken_back))
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
