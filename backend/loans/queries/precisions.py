"""Which days of a loan are facts, and which stand for a month.

A day of month precision is a convention; that it is one is read beside it, in the one select.
"""

from datetime import date
from typing import Any

from sqlalchemy import func, select

from backend.loans.models import Loan, Payment, Statement
from backend.loans.queries.histories import FOREVER, LoanRecord, kept_columns

# Several payments on a day: one of day precision makes the day a fact, and "day" < "month".
LAST_PRECISION = (
    select(func.min(Payment.date_precision))
    .where(
        Payment.borrower_id == Loan.borrower_id,
        Payment.loan_id == Loan.id,
        Payment.received_on == Loan.last_payment_on,
        Payment.reversed_on.is_(None),
    )
    .correlate(Loan)
    .scalar_subquery()
)
DUE_PRECISION = (
    select(Statement.date_precision)
    .where(
        Statement.borrower_id == Loan.borrower_id,
        Statement.loan_id == Loan.id,
        Statement.due_on == Loan.next_due_on,
    )
    .order_by(Statement.month.desc())
    .limit(1)
    .correlate(Loan)
    .scalar_subquery()
)


def columns_of(record: LoanRecord, *, as_of: date = FOREVER) -> dict[str, Any]:
    """The kept columns of a loan as the replay gives them, with these two."""
    state = record.state(as_of=as_of)
    paid = [
        payment.date_precision
        for payment in record.history.payments
        if payment.reversed_on is None and payment.received_on == state.last_payment_on
    ]
    due = [
        statement.month
        for statement in record.history.statements
        if state.next_due is not None and statement.due_on == state.next_due.due_on
    ]
    return kept_columns(state) | {
        "last_payment_precision": min(paid, default=None),
        "next_due_precision": record.precisions[max(due)] if due else None,
    }
