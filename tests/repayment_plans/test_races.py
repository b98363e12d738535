"""Two at once: one wins, and the other is told what stands."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text

from backend.kit.db import transaction
from backend.kit.problems import Conflict
from backend.loans import service as loans
from backend.plan_quotes.rules import Kind
from backend.repayment_plans import audit, service
from backend.repayment_plans.rules import Reason
from tests.clock import NOW, TODAY
from tests.factories.plans import BOTH, WAY

pytestmark = pytest.mark.commits


def at_once(*works: Callable[[Any], Any]) -> list[Any]:
    """What each came to; a conflict is answered as itself."""
    barrier = Barrier(len(works))

    def run(work: Callable[[Any], Any]) -> Any:
        barrier.wait()
        try:
            with transaction() as session:
                return work(session)
        except Conflict as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def refusals(results: list[Any]) -> list[Conflict]:
    return [each for each in results if isinstance(each, Conflict)]


def state_of(session, case) -> list[str]:
    session.rollback()
    return list(session.execute(text("SELECT state FROM plan_request")).scalars())


@pytest.fixture
def offered(case, session) -> str:
    plan = str(case.ask(due_day=15).json["id"])
    session.commit()
    return plan


def test_accepting_against_stepping_back(case, offered, session):
    key = {"borrower_id": case.borrower_id, "request_id": offered, "now": NOW}
    results = at_once(
        lambda own: service.accept(own, **key), lambda own: service.withdraw(own, **key)
    )
    states = state_of(session, case)
    # Stepping back after accepting is her right; accepting after stepping back is refused.
    assert states == ["withdrawn"]
    assert [refused.context["state"] for refused in refusals(results)] in ([], ["withdrawn"])
    assert list(audit.run(session)) == []


def test_a_payment_against_accepting(case, offered, session):
    payment = {
        "external_id": "raced",
        "loan_external_id": case.loan,
        "amount_minor": 4_000,
        "received_on": TODAY,
        "date_precision": "day",
    }
    key = {"borrower_id": case.borrower_id, "request_id": offered, "now": NOW}
    results = at_once(
        lambda own: service.accept(own, **key),
        lambda own: loans.add_payment(own, payment, now=NOW),
    )
    codes = [refused.code for refused in refusals(results)]
    assert codes in ([], ["plan-quote-stale"])
    assert state_of(session, case) == (["offered"] if codes else ["cooling_off"])


def test_two_who_decide(case, session, staff_api):
    plan = case.ask(due_day=15, reason="job_loss").json["id"]
    people = [staff_api("risk_officer").id for _ in range(2)]
    session.commit()
    decisions = [
        service.Decision("approve", [{"text": BOTH, "would_change": None}]),
        service.Decision("reject", [{"text": BOTH, "would_change": WAY}]),
    ]

    def decide(decision, staff_id):
        return lambda own: service.decide(
            own,
            borrower_id=case.borrower_id,
            request_id=plan,
            decision=decision,
            staff_id=staff_id,
            now=NOW,
        )

    results = at_once(*(decide(d, who) for d, who in zip(decisions, people, strict=True)))
    [refused] = refusals(results)
    assert [refused.context["state"]] == state_of(session, case)
    kept = session.execute(text("SELECT count(*) FROM plan_decision")).scalar_one()
    assert kept == 1


def test_two_requests_for_one_loan(case, session):
    quotes = [case.quote("move_due_day", due_day=15), case.quote("longer_term", months=1)]
    session.commit()

    def ask(quote):
        return lambda own: service.request_plan(
            own,
            borrower_id=case.borrower_id,
            quote_id=quote,
            asked=service.Asked(Reason.ILLNESS),
            now=NOW,
        )

    results = at_once(*(ask(quote) for quote in quotes))
    [refused] = refusals(results)
    assert (refused.code, refused.context["state"]) == ("plan-already-open", "offered")
    assert state_of(session, case) == ["offered"]
    frozen = session.execute(
        text("SELECT count(*) FROM core_instruction WHERE kind = 'penalty.freeze'")
    ).scalar_one()
    assert frozen == 1


def test_many_hearers_of_one_booking(case, offered, session):
    case.act(offered, "accept")
    case.confirm(offered)
    session.commit()
    key = {"borrower_id": case.borrower_id, "request_id": offered, "now": NOW}
    at_once(*[lambda own: service.follow_booking(own, **key)] * 6)
    assert state_of(session, case) == ["active"]
    assert list(audit.run(session)) == []


def test_many_offsets_of_one_penalty(case, offered, session):
    case.charge(300, TODAY)
    session.commit()
    key = {"borrower_id": case.borrower_id, "loan_id": case.loan_id, "now": NOW}
    results = at_once(*[lambda own: service.offset_penalties(own, **key)] * 6)
    assert sorted(results) == [0, 0, 0, 0, 0, 1]


def test_a_counter_offer_prices_under_the_lock_of_the_loan(case, session, staff_api):
    plan = case.ask(due_day=15, reason="job_loss").json["id"]
    staff_id = staff_api("risk_officer").id
    session.commit()
    decision = service.Decision(
        "counter_offer",
        [{"text": BOTH, "would_change": None}],
        counter_kind=Kind.LONGER_TERM,
        counter_terms={"months": 2},
    )
    payment = {
        "external_id": "raced",
        "loan_external_id": case.loan,
        "amount_minor": 4_000,
        "received_on": TODAY,
        "date_precision": "day",
    }
    at_once(
        lambda own: service.decide(
            own,
            borrower_id=case.borrower_id,
            request_id=plan,
            decision=decision,
            staff_id=staff_id,
            now=NOW,
        ),
        lambda own: loans.add_payment(own, payment, now=NOW),
    )
    session.rollback()
    answer = case.act(plan, "accept")
    # Priced before the payment it is stale, priced after it it is not; never wrong unnoticed.
    assert answer.status_code == 200 or answer.json["code"] == "plan-quote-stale"
