"""A borrower who pays by the month, and what she holds."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from backend.kit import clock
from backend.loans import service as loans
from backend.programme import service as programme
from backend.streaks.rules import add_months
from rewards.badges import definitions
from tests.clock import NOW
from tests.factories.badges import list_awards, make_document
from tests.factories.loans import make_borrower, make_loan, make_payment
from tests.fixtures.api import new_key

AMOUNT = 10_100
FIRST = date(2026, 1, 5)


@pytest.fixture(autouse=True)
def nothing_is_remembered_of_other_tests():
    """Each test's database gives the same codes and versions to other badges."""
    definitions.forget()
    yield
    definitions.forget()


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)  # noon in Shanghai


@dataclass
class Payer:
    """Twelve instalments from January on; time moves on to each day on which she pays."""

    session: Any
    deliver: Any
    name: str = "ana"
    id: Any = None

    def begin(self, *, enrolled=True, first=FIRST, zone="Asia/Shanghai"):
        self.days = [add_months(first, n) for n in range(14)]
        self.id = make_borrower(self.session, external_id=self.name, timezone=zone)
        rows = [
            {
                "number": number,
                "due_on": on,
                "principal_minor": 10_000,
                "interest_minor": 100,
                "fee_minor": 0,
                "penalty_minor": 0,
            }
            for number, on in enumerate(self.days, start=1)
        ]
        make_loan(
            self.session,
            borrower=self.name,
            external_id=f"{self.name}-loan",
            installments=rows,
            opened_on=first - timedelta(days=40),
        )
        if enrolled:
            self.enrol(at=noon(first - timedelta(days=30)))
        return self

    def enrol(self, *, at=NOW):
        programme.enrol_all(self.session, borrower_ids=[self.id], reason="test", now=at)
        return self

    def pay(self, *numbers, late=0, at=None):
        for number in numbers:
            on = self.days[number - 1] + timedelta(days=late)
            with clock.fixed(at or noon(on)):
                make_payment(
                    self.session,
                    loan=f"{self.name}-loan",
                    amount_minor=AMOUNT,
                    received_on=on,
                    external_id=f"{self.name}-{number}",
                )
                self.deliver()
        return self

    def reverse(self, number, *, at=NOW):
        with clock.fixed(at):
            loans.reverse_payment(
                self.session, external_id=f"{self.name}-{number}", reason="Bounced.", now=at
            )
            self.deliver()
        return self

    def holds(self, *, state="standing"):
        return list_awards(self.session, self.id, state=state)


@pytest.fixture
def payer(session, deliver) -> Payer:
    return Payer(session, deliver)


@pytest.fixture
def publish(staff_api):
    """`publish(code, **document)`: written by one person, published by another."""

    def make(code="two_in_a_row", **more):
        author, approver = staff_api("marketer"), staff_api("campaign_approver")
        written = author.post("/v1/badge-definitions", json=make_document(code=code, **more))
        assert written.status_code == 201, written.text
        answer = approver.post(
            f"/v1/badge-definitions/{code}/versions/1/publish", headers=new_key()
        )
        assert answer.status_code == 200, answer.text
        return answer

    return make
