"""Somebody with a loan, an old fee, penalty interest, and staff who look after her."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from backend.loans import service as loans
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_installments, make_loan, make_payment
from tests.factories.viewers import make_assignment
from tests.fixtures.api import Api, new_key

FEE, PENALTY = 500, 300


@dataclass(frozen=True)
class Claimant:
    """Her ids, and her at the API."""

    id: UUID
    loan: str
    loan_id: UUID
    fee_id: UUID
    penalty_id: UUID
    payment_id: UUID
    api: Api

    def dispute(self, about="fee", text="I was never told of it.", *, key=None, **more):
        body = {"loan_id": str(self.loan_id), "about": about, "text": text} | more
        return self.api.post("/v1/me/disputes", json=body, headers=key or new_key())

    def dispute_fee(self, **more):
        return self.dispute("fee", adjustment_id=str(self.fee_id), **more)

    def read(self, dispute_id, **headers):
        return self.api.get(f"/v1/me/disputes/{dispute_id}", headers=headers).json

    def act(self, dispute_id, name, **body):
        return self.api.post(
            f"/v1/me/disputes/{dispute_id}/{name}", json=body or None, headers=new_key()
        )


@dataclass(frozen=True)
class Office:
    """A member of staff who works on one borrower's disputes."""

    borrower_id: UUID
    api: Api

    def act(self, dispute_id, name, **body):
        return self.api.post(
            f"/v1/staff/borrowers/{self.borrower_id}/disputes/{dispute_id}/{name}",
            json=body or None,
            headers=new_key(),
        )

    def decide(self, dispute_id, outcome="upheld", grounds=("charged_in_error",), **more):
        body = {"outcome": outcome, "grounds": list(grounds), "answer": "We looked."} | more
        return self.act(dispute_id, "decide", **body)


def charge(session, loan, kind, amount, *, days=1):
    row = {
        "external_id": f"{loan}-{kind}-{days}", "loan_external_id": loan, "kind": kind,
        "amount_minor": amount, "on": TODAY - timedelta(days=days),
    }  # fmt: skip
    return loans.add_adjustments(session, [row], now=NOW, settled=True)[0].unwrap().id


@pytest.fixture
def make_claimant(session, borrower_api):
    def make(name="claimant"):
        borrower_id = make_borrower(session, external_id=name)
        loan, loan_id = make_loan(
            session, borrower=name, installments=make_installments(), external_id=f"{name}-loan"
        )
        return Claimant(
            borrower_id, loan, loan_id, charge(session, loan, "fee", FEE, days=70),
            charge(session, loan, "penalty", PENALTY),
            make_payment(
                session, loan=loan, amount_minor=50, received_on=TODAY, external_id=f"{name}-pay"
            ),
            borrower_api(borrower_id),
        )  # fmt: skip

    return make


@pytest.fixture
def claimant(make_claimant):
    return make_claimant()


@pytest.fixture
def make_office(session, staff_api, claimant):
    def make(role="risk_officer"):
        return Office(claimant.id, staff_api(role))

    return make


@pytest.fixture
def office(make_office):
    return make_office()


@pytest.fixture
def manager(session, make_office, claimant):
    made = make_office("account_manager")
    make_assignment(session, staff_id=made.api.id, borrower_id=claimant.id)
    return made
