"""A borrower with a loan as the engine plans it, some of it paid."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from backend.loans.rules.schedules import MONTHLY, Method, Request, Terms, reckon
from tests.clock import TODAY
from tests.factories.loans import make_borrower, make_loan, make_payment
from tests.fixtures.api import Api

_names = count(1)
OPENED_ON = date(2026, 1, 31)


def planned(installments: int = 12, *, rate: str = "0.12", principal_minor: int = 1_200_000):
    """Rows of a loan that was opened on 31 January 2026."""
    terms = Terms(
        Method.EQUAL_INSTALLMENT, principal_minor, Fraction(rate), installments, MONTHLY, OPENED_ON
    )
    return [
        {
            "number": row.number,
            "due_on": row.due_on,
            "principal_minor": row.principal_minor,
            "interest_minor": row.interest_minor,
            "fee_minor": 0,
            "penalty_minor": 0,
        }
        for row in reckon(Request(terms)).rows
    ]


@dataclass
class Case:
    """Her, her loan, and the core system."""

    api: Api
    core: Api
    borrower_id: UUID
    borrower: str
    loan: str
    loan_id: UUID
    rows: list[dict[str, Any]]

    def ask(self, **body: Any) -> dict[str, dict[str, Any]]:
        """The options by their kinds."""
        found = self.api.post(f"/v1/me/loans/{self.loan_id}/plan-quotes", json=body)
        assert found.status_code == 200, found.json
        return {option["kind"]: option for option in found.json["options"]}

    def look(self) -> dict[str, Any]:
        found = self.api.get(f"/v1/me/loans/{self.loan_id}").json
        assert isinstance(found, dict)
        return found


@pytest.fixture
def make_case(session, borrower_api, client_api):
    def make(
        *, paid: int = 9, rows: list[dict[str, Any]] | None = None, rate: str = "0.12", **more: Any
    ) -> Case:
        borrower = f"quoted-{next(_names)}"
        who = make_borrower(session, external_id=borrower)
        rows = planned(rate=rate) if rows is None else rows
        loan, loan_id = make_loan(
            session,
            borrower=borrower,
            installments=rows,
            opened_on=OPENED_ON,
            **({"annual_rate": Decimal(rate)} | more),
        )
        for row in rows[:paid]:
            amount = row["principal_minor"] + row["interest_minor"]
            on = min(row["due_on"], TODAY)
            make_payment(session, loan=loan, amount_minor=amount, received_on=on)
        return Case(borrower_api(who), client_api, who, borrower, loan, loan_id, rows)

    return make
