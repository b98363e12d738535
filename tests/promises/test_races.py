"""Many at once: one open promise, and a payment is never lost to the job that judges."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from backend.app import handlers
from backend.kit import clock, delivery
from backend.kit.db import transaction
from backend.loans import service as loans
from backend.promises import service
from backend.promises.errors import PromiseOpen
from backend.promises.models import Promise
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_installments, make_loan

pytestmark = pytest.mark.commits


@pytest.fixture
def debt(session):
    borrower_id = make_borrower(session, external_id="racer")
    loan, loan_id = make_loan(session, borrower="racer", installments=make_installments())
    session.commit()
    return borrower_id, loan, loan_id


def at_once(*works):
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            with transaction() as session:
                return work(session)
        except PromiseOpen as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def promise(debt, now=NOW):
    def make(session):
        return service.make_promise(
            session, borrower_id=debt[0], loan_id=debt[2], amount_minor=1_000,
            on=TODAY + timedelta(days=3), now=now,
        )  # fmt: skip

    return make


def test_of_many_promises_at_once_one_is_made(session, debt):
    answers = at_once(*[promise(debt)] * 8)
    assert sum(not isinstance(answer, PromiseOpen) for answer in answers) == 1
    session.rollback()
    assert session.execute(select(func.count()).select_from(Promise)).scalar_one() == 1


@pytest.mark.parametrize("turn", range(5))
def test_a_payment_beside_the_judging_job_keeps_the_promise_in_the_end(session, debt, turn):
    at_once(promise(debt))
    later = NOW + timedelta(days=6)

    def pay(own):
        loans.add_payments(
            own,
            [
                {
                    "external_id": f"race-{turn}", "loan_external_id": debt[1],
                    "amount_minor": 1_000, "received_on": TODAY + timedelta(days=2),
                    "date_precision": "day",
                }
            ],
            now=later, settled=True,
        )  # fmt: skip

    def judge(own):
        service.judge_loans(own, keys=[(debt[0], debt[2])], now=later)

    at_once(pay, judge, judge)
    with clock.fixed(later):
        (hearer,) = [h for h in handlers() if h.name == "promises.payments"]
        while delivery.deliver_batch(hearer, now=later):
            pass
    session.rollback()
    assert session.execute(select(Promise.state, Promise.paid_minor)).one() == ("kept", 1_000)
