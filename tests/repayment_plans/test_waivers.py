"""A plan that waives penalties waives each once, and does not claim what it did not waive."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from backend.benefits import service as benefits
from backend.kit import clock
from tests.clock import NOW, TODAY
from tests.factories.plans import noon
from tests.repayment_plans.test_deciding import PURPOSE, decide

NOVEMBER = date(2026, 11, 20)
DECEMBER = date(2026, 12, 2)


@pytest.fixture
def december():
    with clock.fixed(noon(DECEMBER)):
        yield


@pytest.fixture
def charged(case, deliver, session):
    """Charges a penalty; answers its id."""

    def charge(amount, on):
        case.charge(amount, on)
        deliver()
        return session.execute(
            text("SELECT id FROM adjustment WHERE kind = 'penalty' ORDER BY id DESC LIMIT 1")
        ).scalar_one()

    return charge


@pytest.fixture
def accepted(case, staff_api):
    """Asks for a waiver and accepts it; answers the request's id."""

    def accept():
        plan = case.ask("waive_penalty").json
        if plan["state"] == "under_review":
            assert decide(staff_api("risk_officer"), plan["id"]).status_code == 200
        assert case.act(plan["id"], "accept").json["state"] == "awaiting_core"
        return plan["id"]

    return accept


@pytest.fixture
def wrong(case, deliver, session):
    """A dispute was right: a penalty is waived as wrong."""

    def waive(penalty_id, amount):
        waived = benefits.waive_charge(
            session, borrower_id=case.borrower_id, loan_id=case.loan_id,
            adjustment_id=penalty_id, amount_minor=amount, cause="dispute", now=clock.now(),
        )  # fmt: skip
        session.commit()
        deliver()
        return waived

    return waive


def acknowledge(case, deliver) -> None:
    [asked] = case.instructions("plan.accepted")
    case.core.post(f"/v1/ingest/core-instructions/{asked['id']}/ack")
    deliver()


def options(case):
    path = f"/v1/me/loans/{case.loan_id}/plan-quotes"
    [option] = case.api.post(path, json={"kinds": ["waive_penalty"]}).json["options"]
    return option


def outstanding(case):
    return case.api.get(f"/v1/me/loans/{case.loan_id}").json["outstanding"]


def count_negotiations(session):
    return session.execute(text("SELECT count(*) FROM benefit_negotiation")).scalar_one()


def test_a_month_that_had_a_waiver_on_a_later_day_is_not_offered(case, december, charged, wrong):
    assert wrong(charged(900, NOVEMBER), 300)
    assert options(case)["reasons"][0]["code"] == "no_open_penalty"


def test_what_a_freeze_took_off_does_not_spoil_the_rest_of_its_month(case, charged, deliver):
    plan = case.ask(due_day=15).json["id"]
    charged(300, TODAY)
    case.act(plan, "withdraw")
    deliver()
    with clock.fixed(noon(TODAY.replace(day=26))):
        charged(500, TODAY.replace(day=26))
        assert options(case)["waivers"] == [{"period": "2026-11", "amount_minor": 500}]


def test_what_was_waived_meanwhile_is_an_alarm_and_no_completed_plan(
    case, charged, accepted, wrong, deliver, session
):
    penalty_id = charged(900, NOVEMBER)
    plan = accepted()
    assert wrong(penalty_id, 300)
    acknowledge(case, deliver)
    assert case.see(plan)["state"] == "core_differs"
    assert count_negotiations(session) == 0


def test_a_waiver_that_found_part_of_it_stays_the_loans_one(
    case, december, charged, accepted, wrong, deliver, session
):
    charged(500, date(2026, 12, 1))
    penalty_id = charged(900, NOVEMBER)
    plan = accepted()
    assert wrong(penalty_id, 300)
    acknowledge(case, deliver)
    assert case.see(plan)["state"] == "core_differs"
    assert (outstanding(case)["penalty_minor"], count_negotiations(session)) == (600, 1)


def test_a_penalty_waived_by_its_month_is_not_offset_again(case, deliver, session):
    case.ask(due_day=15)
    before = outstanding(case)
    case.charge(300, TODAY)
    benefits.waive_periods(
        session, borrower_id=case.borrower_id, loan_id=case.loan_id,
        periods=[TODAY.replace(day=1)], cause="waiver_request", now=NOW,
    )  # fmt: skip
    session.commit()
    deliver()
    assert outstanding(case) == before


def test_a_penalty_that_was_offset_is_not_waived_as_wrong(case, charged, wrong):
    case.ask(due_day=15)
    penalty_id = charged(300, TODAY)
    before = outstanding(case)
    assert wrong(penalty_id, 300) is None
    assert outstanding(case) == before


def test_a_wrong_penalty_is_waived_up_to_what_is_open_of_it(case, charged, wrong):
    penalty_id = charged(900, NOVEMBER)
    case.pay(900, TODAY)
    assert wrong(penalty_id, 900) is None


def test_she_steps_back_from_a_waiver_until_it_is_booked(case, charged, accepted, deliver, session):
    charged(900, NOVEMBER)
    plan = accepted()
    assert "withdraw" in case.see(plan)["may"]
    assert case.act(plan, "withdraw").json["state"] == "withdrawn"
    [asked] = case.instructions("plan.accepted")
    [told] = case.instructions("plan.withdrawn")
    assert (told["payload"]["rows"], told["payload"]["cancels"]) == ([], [asked["id"]])
    acknowledge(case, deliver)
    assert (outstanding(case)["penalty_minor"], count_negotiations(session)) == (900, 0)
    accepted()


def test_from_what_binds_her_she_steps_back_in_its_days_alone(case, night):
    plan = case.ask(due_day=15).json["id"]
    case.act(plan, "accept")
    on = TODAY + timedelta(days=8)
    night(on)
    with clock.fixed(noon(on)):
        assert (case.see(plan)["state"], case.see(plan)["may"]) == ("awaiting_core", [])
        answer = case.act(plan, "withdraw")
        assert (answer.status_code, answer.json["code"]) == (409, "plan-cooling-off-over")


def test_what_the_core_system_never_books_comes_before_a_person(
    case, charged, accepted, night, staff_api
):
    charged(900, NOVEMBER)
    plan = accepted()
    queue = staff_api("risk_officer")

    def waiting():
        found = queue.get("/v1/staff/plan-requests", headers=PURPOSE).json["items"]
        return [each["id"] for each in found]

    assert waiting() == []
    night(TODAY + timedelta(days=10))
    with clock.fixed(noon(TODAY + timedelta(days=10))):
        assert waiting() == [plan]
