"""Rows of loans written down directly, as if they had been settled."""

from datetime import timedelta

from sqlalchemy import insert

from backend.kit.ids import new_id
from backend.loans.models import Delinquency, Installment, Loan, LoanProduct, Payment
from tests.clock import TODAY
from tests.factories.profile import make_profiles

GRACE_DAYS = 2
LOAN = {
    "product_code": "tested",
    "currency": "CNY",
    "opened_on": TODAY - timedelta(days=700),
    "status": "active",
    "stale": False,
}


def make_product(session):
    session.execute(insert(LoanProduct).values(code="tested", grace_days=GRACE_DAYS))


def make_raw_loan(session, *, borrower_id=None, **values):
    borrower_id = borrower_id or make_profiles(session, {})[0]
    loan_id = new_id()
    kind = values.pop("kind", "installment")
    source = "computed" if kind == "installment" else "reported"
    row = LOAN | {"kind": kind, "dpd_source": source, "external_id": str(loan_id)} | values
    session.execute(insert(Loan).values(borrower_id=borrower_id, id=loan_id, **row))
    return borrower_id, loan_id


def add_installments(session, owner, rows):
    """Rows of (due_on, paid_on, is_skipped)."""
    session.execute(
        insert(Installment),
        [
            {
                "borrower_id": owner[0],
                "loan_id": owner[1],
                "number": number,
                "due_on": due_on,
                "principal_minor": 0 if skipped else 1_000,
                "interest_minor": 0,
                "fee_minor": 0,
                "penalty_minor": 0,
                "paid_minor": 0 if paid_on is None else 1_000,
                "open_minor": 1_000 if paid_on is None and not skipped else 0,
                "paid_on": paid_on,
            }
            for number, (due_on, paid_on, skipped) in enumerate(rows, start=1)
        ],
    )


def add_reports(session, owner, rows):
    """Rows of (as_of, days_past_due, activity)."""
    session.execute(
        insert(Delinquency),
        [
            {
                "borrower_id": owner[0],
                "loan_id": owner[1],
                "as_of": as_of,
                "days_past_due": days,
                "activity": activity,
            }
            for as_of, days, activity in rows
        ],
    )


def add_payments(session, owner, rows, *, date_precision="day"):
    """Rows of (received_on, amount_minor, reversed_on)."""
    session.execute(
        insert(Payment),
        [
            {
                "borrower_id": owner[0],
                "loan_id": owner[1],
                "id": new_id(),
                "external_id": str(new_id()),
                "received_on": received_on,
                "amount_minor": amount,
                "date_precision": date_precision,
                "reversed_on": reversed_on,
                "reversal_reason": None if reversed_on is None else "returned",
            }
            for received_on, amount, reversed_on in rows
        ],
    )
