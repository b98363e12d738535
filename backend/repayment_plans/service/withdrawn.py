"""What the core system is told of a plan that she stepped back from, and whether it does so."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from backend.core_instructions import queries as instructions
from backend.core_instructions import service as core
from backend.core_instructions.rules import Kind as Instruction
from backend.kit.db import AnyRow
from backend.kit.logs import get_logger
from backend.loans.models import Loan
from backend.plan_quotes import queries as quotes
from backend.plan_quotes.rules import Kind
from backend.repayment_plans import queries
from backend.repayment_plans.models import PlanRequest
from backend.repayment_plans.queries import NOTHING_TO_KEEP
from backend.repayment_plans.rules import State
from backend.repayment_plans.service.cases import Held

log = get_logger(__name__)


def tell_withdrawn(session: Session, held: Held) -> None:
    """Ask for the schedule as it was; what is not booked yet shall not be.

    A conversion has a loan of its own (`booked_external_id`, once it is booked) that shall close.
    """
    quote = quotes.get_quote(session, borrower_id=held.borrower_id, quote_id=held.row.quote_id)
    asked = instructions.list_by_occasion(
        session,
        borrower_id=held.borrower_id,
        prefix=f"plan:{held.id}:{Instruction.PLAN_ACCEPTED}:",
    )
    booked = None
    if quote.kind == Kind.CONVERT:
        booked = queries.find_booked_loan(session, borrower_id=held.borrower_id, request_id=held.id)
    core.instruct(
        session,
        borrower_id=held.borrower_id,
        kind=Instruction.PLAN_WITHDRAWN,
        occasion=f"plan:{held.id}:{Instruction.PLAN_WITHDRAWN}:{held.row.version}",
        payload={
            "plan_id": str(held.id),
            "loan_external_id": quote.loan_external_id,
            "booked_external_id": booked.external_id if booked else None,
            "kind": quote.kind,
            "currency": quote.currency,
            # A waiver leaves the schedule as it is: there is nothing to restore.
            "rows": [] if quote.kind == NOTHING_TO_KEEP else held.row.old_rows,
            "cancels": [str(each.id) for each in asked if each.acknowledged_at is None],
        },
        now=held.now,
    )


def watch_withdrawn(session: Session, *, borrower_ids: Sequence[UUID]) -> None:
    """Alarm where the core system says it took a plan back, and yet a loan follows it."""
    for row in _list_booked(session, borrower_ids=borrower_ids):
        told = instructions.list_by_occasion(
            session,
            borrower_id=row.borrower_id,
            prefix=f"plan:{row.request_id}:{Instruction.PLAN_WITHDRAWN}:",
        )
        if told and all(each.acknowledged_at is not None for each in told):
            log.error(
                "plan_booked_after_withdrawal",
                plan_id=str(row.request_id),
                loan_id=str(row.loan_id),
            )


def _list_booked(session: Session, *, borrower_ids: Sequence[UUID]) -> list[AnyRow]:
    return list(
        session.execute(
            select(
                PlanRequest.borrower_id,
                PlanRequest.id.label("request_id"),
                Loan.id.label("loan_id"),
            )
            .join(
                Loan,
                and_(Loan.borrower_id == PlanRequest.borrower_id, Loan.plan_id == PlanRequest.id),
            )
            .where(PlanRequest.borrower_id.in_(borrower_ids), PlanRequest.state == State.WITHDRAWN)
        )
    )
