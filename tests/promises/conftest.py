"""Somebody with a loan of three instalments of 101.00, the first ten days late."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from backend.kit import clock
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_installments, make_loan
from tests.fixtures.api import Api, new_key


@dataclass(frozen=True)
class Debtor:
    """Her ids, and her at the API."""

    id: UUID
    loan: str
    loan_id: UUID
    api: Api

    def promise(self, amount_minor=10_000, days=7, *, loan_id=None, key=None, **headers):
        """Says so, days from business today."""
        on = clock.day_in_zone(clock.now(), "Asia/Shanghai") + timedelta(days=days)
        return self.api.post(
            f"/v1/me/loans/{loan_id or self.loan_id}/promises",
            json={"amount_minor": amount_minor, "on": str(on)},
            headers=(key or new_key()) | headers,
        )

    def read(self, promise_id):
        return self.api.get(f"/v1/me/promises/{promise_id}").json

    def withdraw(self, promise_id):
        return self.api.post(f"/v1/me/promises/{promise_id}/withdraw", headers=new_key())


@pytest.fixture
def make_debtor(session, borrower_api):
    def make(name="debtor", **more):
        borrower_id = make_borrower(session, external_id=name, **more)
        loan, loan_id = make_loan(
            session, borrower=name, installments=make_installments(), external_id=f"{name}-loan"
        )
        return Debtor(borrower_id, loan, loan_id, borrower_api(borrower_id))

    return make


@pytest.fixture
def debtor(make_debtor):
    return make_debtor()


@pytest.fixture
def pay(client_api, deliver):
    """Through the core system's door, and told to whoever hears it."""

    def send(debtor, amount_minor, *, days=0, external_id, precision="day"):
        answer = client_api.post(
            "/v1/ingest/payments",
            json={
                "external_id": external_id, "loan_external_id": debtor.loan,
                "amount_minor": amount_minor, "received_on": str(TODAY + timedelta(days=days)),
                "date_precision": precision,
            },
        )  # fmt: skip
        assert answer.status_code == 201, answer.json
        deliver()

    return send


@pytest.fixture
def take_back(client_api, deliver):
    def send(external_id):
        answer = client_api.post(
            f"/v1/ingest/payments/{external_id}/reversal", json={"reason": "returned"}
        )
        assert answer.status_code in (200, 201), answer.json
        deliver()

    return send


@pytest.fixture
def after_days():
    """`with after_days(3): ...` is three days later."""

    def later(days):
        return clock.fixed(NOW + timedelta(days=days))

    return later
