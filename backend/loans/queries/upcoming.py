"""What falls due to us in the days to come."""

from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from backend.loans.models import Installment, Loan


def sum_due(
    session: Session, *, borrower_id: UUID, currency: str, after_on: date, until_on: date
) -> int:
    """Open instalments, and the least that cards ask for, due after a day and up to another.

    Of her open loans in that currency, in minor units; what is late already is not in it.
    """
    installments = (
        select(func.coalesce(func.sum(Installment.open_minor), 0))
        .join(
            Loan,
            and_(Loan.borrower_id == Installment.borrower_id, Loan.id == Installment.loan_id),
        )
        .where(
            Installment.borrower_id == borrower_id,
            Installment.due_on > after_on,
            Installment.due_on <= until_on,
            Loan.currency == currency,
            Loan.status != "closed",
            Loan.kind != "revolving",
        )
        .scalar_subquery()
    )
    least = func.coalesce(Loan.next_minimum_minor, Loan.next_amount_minor, 0)
    cards = (
        select(func.coalesce(func.sum(least), 0))
        .where(
            Loan.borrower_id == borrower_id,
            Loan.kind == "revolving",
            Loan.currency == currency,
            Loan.status != "closed",
            Loan.next_due_on > after_on,
            Loan.next_due_on <= until_on,
        )
        .scalar_subquery()
    )
    return int(session.execute(select(installments + cards)).scalar_one())
