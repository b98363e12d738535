"""A plan and a dispute of one loan at once: both lock her tier before the loan."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import func, select

from backend.disputes import service as disputes
from backend.disputes.rules import About
from backend.kit.db import transaction
from backend.loans import service as loans
from backend.loans.queries import LoanKey
from backend.repayment_plans import service
from backend.tiers.models import TierState
from tests.clock import NOW
from tests.factories.locks import wait_until_blocked
from tests.tiers.standing import place

pytestmark = pytest.mark.commits


def submit(case):
    return lambda session: disputes.submit(
        session, borrower_id=case.borrower_id, loan_id=case.loan_id, about=About.AMOUNT,
        text="No.", adjustment_id=None, payment_id=None, now=NOW,
    )  # fmt: skip


def test_a_dispute_and_an_acceptance_wait_for_one_another_in_one_order(case, session, deliver):
    plan = case.ask(due_day=15).json["id"]
    deliver()
    place(session, case.borrower_id)
    session.commit()
    assert session.execute(select(func.count()).select_from(TierState)).scalar_one() == 1
    session.rollback()
    key = {"borrower_id": case.borrower_id, "now": NOW}
    works = [submit(case), lambda own: service.accept(own, request_id=plan, **key)]
    held, go_on = Event(), Event()

    def hold_loan():
        with transaction() as own:
            loans.lock_keys(own, keys=[LoanKey(case.borrower_id, case.loan_id)])
            held.set()
            go_on.wait(timeout=20)

    def run(work):
        with transaction() as own:
            work(own)

    with ThreadPoolExecutor(3) as pool:
        holding = pool.submit(hold_loan)
        held.wait(timeout=20)
        doing = []
        # Each in its turn comes as far as the first lock that another one holds.
        for n, work in enumerate(works, 1):
            doing.append(pool.submit(run, work))
            wait_until_blocked(session, at_least=n)
        go_on.set()
        for each in (holding, *doing):
            each.result()
    assert case.see(plan)["state"] == "cooling_off"
