"""An account that became a loan: its plan is the loan's, and there is no second one."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.demo import core
from backend.kit import clock
from backend.loans import service as loans
from tests.clock import NOW
from tests.factories.plans import BOTH, noon
from tests.fixtures.api import new_key
from tests.plan_quotes.test_booking import statement


@pytest.fixture
def converted(case, deliver, staff_api, session) -> tuple[str, str, str]:
    """The plan, the account and the loan that it became."""
    loans.put_product(session, product={"code": "card", "plan_rate": "0.12"}, now=NOW)
    _, account = statement(session, case.borrower)
    session.commit()
    deliver()
    options = case.api.post(f"/v1/me/loans/{account}/plan-quotes", json={"kinds": ["convert"]})
    plan = case.ask(quote=options.json["options"][0]["quote_id"]).json["id"]
    approved = staff_api("risk_officer").post(
        f"/v1/staff/plan-requests/{plan}/decide",
        json={"outcome": "approve", "reasons": [{"text": BOTH}]},
        headers=new_key(),
    )
    assert approved.status_code == 200, approved.json
    case.act(plan, "accept")
    core.carry_out(lambda *sent: _call(case, *sent))
    loan = session.execute(text("SELECT id FROM loan WHERE plan_id = :id"), {"id": plan})
    return plan, str(account), str(loan.scalar_one())


def _call(case, method, path, body):
    answer = case.core.call(method, path, **({} if body is None else {"json": body}))
    return answer.status_code, answer.json


@pytest.mark.parametrize("is_told", [True, False])
def test_there_is_no_second_plan_on_what_it_became(case, converted, deliver, is_told):
    plan, _, loan = converted
    if is_told:
        deliver()
        assert case.see(plan)["state"] == "active"
    found = case.api.post(
        f"/v1/me/loans/{loan}/plan-quotes", json={"kinds": ["move_due_day"], "due_day": 3}
    )
    [option] = found.json["options"]
    assert [why["code"] for why in option["reasons"]] == ["plan_open"], option


def test_offered_anew_its_penalties_are_frozen_on_the_loan(
    case, converted, deliver, night, session
):
    plan, account, loan = converted
    deliver()
    first = session.execute(
        text("SELECT min(due_on) FROM installment WHERE loan_id = :id"), {"id": loan}
    ).scalar_one()
    night(first + timedelta(days=1))
    night(first + timedelta(days=9))
    with clock.fixed(noon(first + timedelta(days=9))):
        assert case.see(plan)["state"] == "offered"
    spans = session.execute(
        text("SELECT loan_id, until_on IS NULL FROM plan_freeze ORDER BY number")
    )
    assert [(str(row[0]), row[1]) for row in spans] == [(account, False), (loan, True)]
