"""No N+1: what the hot addresses ask the database does not grow with what there is."""

from datetime import timedelta
from itertools import count

import pytest

from tests.api.conftest import World
from tests.api.statements import heard
from tests.clock import TODAY
from tests.factories.credentials import make_credential
from tests.factories.loans import make_account, make_installments, make_loan, make_payment

# Statements for each request. Raise one only with a reason.
READS = {
    "/v1/me": 1,
    "/v1/me/loans": 1,
    "/v1/me/loans/{loan}": 1,
    "/v1/me/loans/{loan}/schedule": 2,
    "/v1/me/loans/{loan}/payments": 2,
    "/v1/me/loans/{loan}/statements": 2,
    "/v1/me/sessions": 1,
    "/v1/me/streaks": 1,
    # Awards; the live badges and what she holds; her facts and zone, and the facts there are.
    "/v1/me/badges": 7,
    # What she takes part in; with campaigns their states, terms and facts.
    "/v1/me/campaigns": 1,
    "/v1/me/badges/{award}/credential": 1,
    "/v1/me/badges/{award}/credential/share": 1,
    # The page; her facts and zone, and the facts there are; what she had, her points, enrolment.
    "/v1/rewards": 8,
    "/v1/me/redemptions": 1,
    "/v1/me/plan-requests": 1,
    # Her enrolment, her code, whom she brought, who brought her.
    "/v1/me/referral": 4,
    "/v1/me/tier": 1,
    "/v1/me/tier/history": 1,
    "/v1/me/contacts": 1,
    "/v1/me/contacts.csv": 1,
    "/v1/me/contact-windows": 1,
    # What was opened about her, and what she replied.
    "/v1/me/procedures": 2,
    "/v1/me/receipts": 1,
    "/v1/me/consents": 1,
    # The page, and what was asked about it.
    "/v1/me/documents": 2,
    # The page, its documents, its partners.
    "/v1/me/hardship-applications": 3,
    "/v1/me/consents/history": 1,
    "/v1/me/promises": 1,
    # That the loan is hers; the page.
    "/v1/me/loans/{loan}/promises": 2,
    "/v1/me/disputes": 1,
    "/v1/me/waiver-requests": 1,
    "/v1/me/points": 1,
    # Words of shipped templates are code; the count comes with the page, alone where it is empty.
    "/v1/me/inbox": 2,
    "/v1/me/devices": 1,
    # Her zone, the page, what words are in force; with messages their ways, and staff's words.
    "/v1/me/messages": 5,
    # That she is known, her cells, her choice.
    "/v1/me/notification-preferences": 3,
    "/v1/me/points/entries": 1,
}
PAYMENT_STATEMENTS_MAX = 4

numbers = count()


@pytest.fixture
def more(session, world):
    """Twelve more loans for Ann, and forty more payments on her first."""

    def give() -> None:
        for _ in range(12):
            make_loan(session, borrower="ann", installments=make_installments(6))
            make_account(session, borrower="ann")
        for day in range(40):
            make_payment(
                session, loan="ann-loan", amount_minor=1, received_on=TODAY - timedelta(days=day)
            )

    return give


@pytest.fixture
def asked(session):
    """`asked(call)`: the statements that a call leads to, the answer checked."""

    def count_in(call) -> list[str]:
        with heard(session.connection()) as found:
            answer = call()
        assert answer.status_code in (200, 201), answer.text
        assert found
        return [statement.sql for statement in found]

    return count_in


@pytest.mark.parametrize("path", READS)
def test_a_read_asks_as_little_however_much_there_is(
    path, borrower_api, world: World, more, deliver, asked, session
):
    me = borrower_api(world.ann.id)
    address = path.format(
        loan=world.ann.loan_id,
        award=make_credential(session, world.ann.id, is_shared=True) if "{award}" in path else "",
    )

    def read():
        # Apps say their language; who does not has hers looked up.
        return me.get(address, headers={"Accept-Language": "en"})

    read()  # what is read once for each process
    few = asked(read)
    more()
    deliver()
    read()
    many = asked(read)
    assert len(few) <= READS[path], few
    assert len(many) <= READS[path], many


def test_a_payment_asks_as_little_however_much_there_is(client_api, more, deliver, asked):
    def pay():
        body = {
            "external_id": f"hot-{next(numbers)}",
            "loan_external_id": "ann-loan",
            "amount_minor": 100,
            "received_on": str(TODAY),
        }
        return asked(lambda: client_api.post("/v1/ingest/payments", json=body))

    pay()
    few = pay()
    more()
    deliver()
    many = pay()
    assert len(few) <= PAYMENT_STATEMENTS_MAX, few
    assert len(many) == len(few)


def test_a_delivery_of_many_asks_as_little_as_one_of_few(client_api, world, deliver, session):
    def deliver_after(payments: int) -> int:
        for _ in range(payments):
            body = {
                "external_id": f"hot-{next(numbers)}",
                "loan_external_id": "ann-loan",
                "amount_minor": 1,
                "received_on": str(TODAY),
            }
            assert client_api.post("/v1/ingest/payments", json=body).status_code == 201
        with heard(session.connection()) as found:
            deliver()
        return len(found)

    deliver_after(1)
    assert deliver_after(12) <= deliver_after(2) * 1.5
