"""Borrowers and loans, stored through the services that the lender's core system uses."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.loans import service as loans
from tests.clock import NOW, TODAY
from tests.fixtures import leaks

_numbers = count(1)


def make_borrower(
    session: Session,
    *,
    external_id: str | None = None,
    locale: str = "en",
    timezone: str = "Asia/Shanghai",
    **more: Any,
) -> UUID:
    row = {
        "external_id": external_id or f"borrower-{next(_numbers)}",
        "locale": locale,
        "timezone": timezone,
        "phone": None,
        "email": None,
        "name": None,
        "born_on": None,
        "monthly_income_minor": None,
        "income_verified": None,
        "monthly_debt_minor": None,
        "employment": None,
        "facts": {},
    } | more
    leaks.watch(name=row["name"], phone=row["phone"], email=row["email"])
    outcome = borrowers.put_borrowers(session, [row], now=NOW)[0].unwrap()
    assert outcome.id is not None
    return outcome.id


def make_installments(
    number: int = 3,
    *,
    first_due_on: date = TODAY - timedelta(days=10),
    every_days: int = 30,
    principal_minor: int = 10_000,
    interest_minor: int = 100,
) -> list[dict[str, Any]]:
    return [
        {
            "number": n,
            "due_on": first_due_on + timedelta(days=every_days * (n - 1)),
            "principal_minor": principal_minor,
            "interest_minor": interest_minor,
            "fee_minor": 0,
            "penalty_minor": 0,
        }
        for n in range(1, number + 1)
    ]


def make_loan(
    session: Session,
    *,
    borrower: str,
    external_id: str | None = None,
    installments: Sequence[dict[str, Any]] | None = None,
    **more: Any,
) -> tuple[str, UUID]:
    """An installment loan of the borrower with that external id; answers both its ids."""
    rows = list(make_installments() if installments is None else installments)
    row = {
        "external_id": external_id or f"loan-{next(_numbers)}",
        "kind": "installment",
        "borrower_external_id": borrower,
        "product_code": "personal",
        "currency": "CNY",
        "principal_minor": None,
        "credit_limit_minor": None,
        "annual_rate": Decimal("0.12"),
        "opened_on": TODAY - timedelta(days=90),
        "status": "active",
        "dpd_source": "computed",
        "plan_id": None,
        "installments": rows,
    } | more
    if row["kind"] == "revolving":
        del row["installments"]
    outcome = loans.put_loans(session, [row], now=NOW, settled=True)[0].unwrap()
    assert outcome.id is not None
    return str(row["external_id"]), outcome.id


def make_account(session: Session, *, borrower: str, **more: Any) -> tuple[str, UUID]:
    """A revolving account."""
    values = {"kind": "revolving", "dpd_source": "reported", "credit_limit_minor": 500_000}
    return make_loan(session, borrower=borrower, **(values | more))


def make_payment(
    session: Session,
    *,
    loan: str,
    amount_minor: int,
    received_on: date = TODAY,
    external_id: str | None = None,
    date_precision: str = "day",
) -> UUID:
    row = {
        "external_id": external_id or f"payment-{next(_numbers)}",
        "loan_external_id": loan,
        "amount_minor": amount_minor,
        "received_on": received_on,
        "date_precision": date_precision,
    }
    outcome = loans.add_payments(session, [row], now=NOW, settled=True)[0].unwrap()
    assert outcome.id is not None
    return outcome.id
