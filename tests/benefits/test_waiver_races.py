"""Two at once: a loan's penalty interest is waived by agreement once, whoever asks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from backend.benefits import service
from backend.benefits.models import BenefitGrant, BenefitNegotiation
from backend.benefits.reasons import Reason
from backend.benefits.waiver_rules import Ground, State
from backend.kit.db import transaction
from backend.kit.problems import Problem
from backend.loans import service as loans
from backend.loans.models import Adjustment
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_installments, make_loan

pytestmark = pytest.mark.commits


@pytest.fixture
def debt(session):
    """A loan with penalty interest of two months."""
    borrower_id = make_borrower(session, external_id="racer")
    loan, loan_id = make_loan(session, borrower="racer", installments=make_installments())
    for n, days in enumerate((7, 40)):
        row = {
            "external_id": f"pen-{n}", "loan_external_id": loan, "kind": "penalty",
            "amount_minor": 100, "on": TODAY - timedelta(days=days),
        }  # fmt: skip
        loans.add_adjustments(session, [row], now=NOW, settled=True)[0].unwrap()
    session.commit()
    return borrower_id, loan_id


def at_once(*works):
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            with transaction() as session:
                return work(session)
        except Problem as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def counted(session, table, *where):
    session.rollback()
    return session.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


def test_of_many_who_waive_one_month_each_one_wins(session, debt):
    months = [(TODAY - timedelta(days=days)).replace(day=1) for days in (7, 40)]

    def waive(month, cause):
        return lambda own: service.waive_periods(
            own, borrower_id=debt[0], loan_id=debt[1], periods=[month], cause=cause, now=NOW
        )

    answers = at_once(*(waive(months[n % 2], f"plan-{n}") for n in range(8)))

    assert sum(isinstance(answer, list) and len(answer) == 1 for answer in answers) == 1
    assert counted(session, Adjustment, Adjustment.kind == "waiver") == 1
    assert counted(session, BenefitGrant) == counted(session, BenefitNegotiation) == 1


def test_of_many_requests_one_waits_and_of_many_answers_one_counts(session, debt, staff_api):
    def ask(own):
        return service.request_waiver(
            own, borrower_id=debt[0], loan_id=debt[1], reason=Reason.OTHER, periods=2, now=NOW
        )

    asked = at_once(*[ask] * 6)
    (request_id,) = [each for each in asked if not isinstance(each, Problem)]
    staff = [staff_api("risk_officer").id for _ in range(4)]
    session.commit()

    def decide(n):
        return lambda own: service.decide_request(
            own, borrower_id=debt[0], request_id=request_id,
            outcome=State.APPROVED if n % 2 else State.REJECTED, periods=None,
            grounds=() if n % 2 else [Ground.CAN_BE_PAID], answer="Looked.", staff_id=staff[n],
            now=NOW,
        )  # fmt: skip

    answers = at_once(*(decide(n) for n in range(4)))
    lost = [each for each in answers if isinstance(each, Problem)]
    assert [each.code for each in lost] == ["waiver-request-not-open"] * 3
    won = {each.context["state"] for each in lost}
    waived = counted(session, Adjustment, Adjustment.kind == "waiver")
    assert (won, waived) in (({"approved"}, 2), ({"rejected"}, 0))
