"""Two at once: one decision, one waiver, one open dispute of a matter."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from backend.benefits import service as benefits
from backend.disputes import service
from backend.disputes.models import Dispute, DisputeStep
from backend.disputes.rules import About, Ground, State
from backend.kit.db import transaction
from backend.kit.problems import Problem
from backend.loans import service as loans
from backend.loans.models import Adjustment
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_installments, make_loan

pytestmark = pytest.mark.commits


@pytest.fixture
def line(session):
    """A borrower, her loan, and a penalty of last week."""
    borrower_id = make_borrower(session, external_id="racer")
    loan, loan_id = make_loan(session, borrower="racer", installments=make_installments())
    row = {
        "external_id": "pen", "loan_external_id": loan, "kind": "penalty", "amount_minor": 300,
        "on": TODAY - timedelta(days=7),
    }  # fmt: skip
    charge = loans.add_adjustments(session, [row], now=NOW, settled=True)[0].unwrap()
    session.commit()
    return borrower_id, loan_id, charge.id


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


def submit(line):
    return lambda session: service.submit(
        session, borrower_id=line[0], loan_id=line[1], about=About.PENALTY, text="No.",
        adjustment_id=line[2], payment_id=None, now=NOW,
    )  # fmt: skip


def waivers(session):
    session.rollback()
    return session.execute(
        select(func.count(), func.sum(Adjustment.amount_minor)).where(Adjustment.kind == "waiver")
    ).one()


def test_of_many_who_submit_one_matter_one_is_open(session, line):
    answers = at_once(*[submit(line)] * 8)
    assert [a.code for a in answers if isinstance(a, Problem)] == ["dispute-open"] * 7


def test_of_many_who_decide_one_wins_and_the_others_hear_which_state(session, line, staff_api):
    (dispute_id,) = at_once(submit(line))
    staff = [staff_api("risk_officer").id for _ in range(6)]
    session.commit()

    def decide(n):
        outcome, ground = (
            (State.UPHELD, Ground.CHARGED_IN_ERROR) if n % 2
            else (State.REJECTED, Ground.CHARGE_IN_CONTRACT)
        )  # fmt: skip
        return lambda own: service.decide(
            own, borrower_id=line[0], dispute_id=dispute_id, outcome=outcome, grounds=[ground],
            answer="Looked.", amount_minor=None, staff_id=staff[n], now=NOW,
        )  # fmt: skip

    answers = at_once(*(decide(n) for n in range(6)))
    session.rollback()
    state = session.execute(select(Dispute.state)).scalar_one()
    lost = [a for a in answers if isinstance(a, Problem)]
    assert [a.context["state"] for a in lost] == [state] * 5
    assert waivers(session).count == (state == "upheld")
    assert session.execute(select(func.count()).select_from(DisputeStep)).scalar_one() == 2


def test_a_waiver_beside_a_decision_takes_the_month_once(session, line, staff_api):
    (dispute_id,) = at_once(submit(line))
    staff_id = staff_api("risk_officer").id
    session.commit()

    def decide(own):
        service.decide(
            own, borrower_id=line[0], dispute_id=dispute_id, outcome=State.UPHELD,
            grounds=[Ground.CHARGED_IN_ERROR], answer="Looked.", amount_minor=None,
            staff_id=staff_id, now=NOW,
        )  # fmt: skip

    def waive(own):
        return benefits.waive_periods(
            own, borrower_id=line[0], loan_id=line[1], cause="plan", now=NOW,
            periods=[(TODAY - timedelta(days=7)).replace(day=1)],
        )  # fmt: skip

    answers = at_once(decide, waive, waive)
    assert [a for a in answers if isinstance(a, Problem)] == []
    assert tuple(waivers(session)) == (1, 300)
