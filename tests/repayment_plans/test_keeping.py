"""A plan in force follows its loan: kept to the end, broken and mended, offered anew once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from backend.kit import clock
from backend.repayment_plans import audit
from tests.factories.plans import noon
from tests.fixtures.api import new_key


@pytest.fixture
def running(case, deliver) -> str:
    """A plan that moved the due day to the 15th: instalments in December, January and February."""
    plan = case.ask(due_day=15).json["id"]
    case.act(plan, "accept")
    case.confirm(plan)
    deliver()
    assert case.see(plan)["state"] == "active"
    return plan


def to_come(case, plan) -> list[dict]:
    """The plan's instalments: what each takes and its day."""
    rows = case.see(plan)["quote"]["schedule"]
    return [
        {
            "on": date.fromisoformat(row["due_on"]),
            "amount": row["principal_minor"] + row["interest_minor"] + row["fee_minor"],
            "number": row["number"],
        }
        for row in rows
        if row["due_on"] > "2026-11-23"
    ]


def pay(case, row, *, days_late: int = 0) -> None:
    on = row["on"] + timedelta(days=days_late)
    with clock.fixed(noon(on)):
        case.pay(row["amount"], on)


def events(session, name) -> list[dict]:
    rows = session.execute(
        text("SELECT payload FROM event WHERE name = :name ORDER BY seq"), {"name": name}
    )
    return list(rows.scalars())


def test_kept_to_the_end_it_is_completed(case, running, night, session):
    rows = to_come(case, running)
    assert len(rows) >= 3
    for row in rows:
        pay(case, row)
        night(row["on"] + timedelta(days=1))
    seen = case.see(running)
    assert seen["state"] == "completed"
    assert [kept["number"] for kept in seen["kept"]] == [row["number"] for row in rows]
    ratio = session.execute(text("SELECT plans_kept_ratio FROM profile")).scalar_one()
    assert ratio == 1
    assert list(audit.run(session)) == []


def test_the_day_that_a_plan_moved_is_the_one_that_counts(case, running, night, session):
    row = to_come(case, running)[0]
    assert row["on"] > date(2026, 11, 30)
    night(date(2026, 12, 2))
    assert case.see(running)["state"] == "active"
    pay(case, row)
    night(row["on"] + timedelta(days=1))
    streak = session.execute(text("SELECT on_time_streak FROM profile")).scalar_one()
    assert streak == 10
    [kept] = events(session, "PlanInstallmentKept")
    assert (kept["is_first"], kept["asked_before_miss"]) == (True, True)


def test_a_missed_instalment_leaves_seven_days_and_one_reminder(case, running, night, session):
    row = to_come(case, running)[0]
    night(row["on"] + timedelta(days=1))
    seen = case.see(running)
    assert seen["state"] == "breached"
    assert seen["due_on"] == (row["on"] + timedelta(days=8)).isoformat()
    night(row["on"] + timedelta(days=2))
    assert len(events(session, "PlanCureReminded")) == 1
    pay(case, row, days_late=5)
    night(row["on"] + timedelta(days=6))
    assert case.see(running)["state"] == "cured"


def test_not_made_good_it_is_offered_anew_once_and_then_a_person_looks(
    case, running, night, staff_api
):
    first = to_come(case, running)[0]["on"]
    before = case.quote_of(running)
    night(first + timedelta(days=1))
    night(first + timedelta(days=9))
    seen = case.see(running)
    assert (seen["state"], seen["may"]) == ("offered", ["accept"])
    assert seen["quote_id"] != before
    with clock.fixed(noon(first + timedelta(days=9))):
        answer = case.act(running, "withdraw")
    assert (answer.status_code, answer.json["code"]) == (409, "plan-offer-needs-no-answer")
    assert [way["kind"] for way in answer.json["would_change"]] == ["accept", "human"]
    night(first + timedelta(days=24))
    assert case.see(running)["state"] == "under_review"
    officer = staff_api("risk_officer")
    with clock.fixed(noon(first + timedelta(days=24))):
        ended = officer.post(
            f"/v1/staff/plan-requests/{running}/decide",
            json={
                "outcome": "reject",
                "reasons": [
                    {"text": {"en": "a", "zh-CN": "甲"}, "would_change": {"en": "b", "zh-CN": "乙"}}
                ],
            },
            headers=new_key(),
        )
    assert ended.json["state"] == "terminated"


def test_a_second_offer_that_she_accepts_goes_on(case, running, night, deliver):
    first = to_come(case, running)[0]["on"]
    night(first + timedelta(days=1))
    night(first + timedelta(days=9))
    with clock.fixed(noon(first + timedelta(days=9))):
        assert case.act(running, "accept").json["state"] == "cooling_off"
        case.confirm(running)
        deliver()
    assert case.see(running)["state"] == "active"


def test_what_is_not_booked_anew_yet_is_no_alarm(case, running, night, deliver):
    first = to_come(case, running)[0]["on"]
    night(first + timedelta(days=1))
    on = first + timedelta(days=9)
    night(on)
    with clock.fixed(noon(on)):
        case.act(running, "accept")
        case.pay(110_000, on)
        deliver()
        assert case.see(running)["state"] == "cooling_off"
        case.confirm(running)
        deliver()
    assert case.see(running)["state"] == "active"


@pytest.mark.parametrize(("is_all", "state"), [(True, "completed"), (False, "cured")])
def test_paid_while_it_is_offered_anew_the_old_plan_goes_on(
    case, running, night, deliver, session, is_all, state
):
    agreed = case.quote_of(running)
    rows = to_come(case, running)
    on = rows[0]["on"] + timedelta(days=9)
    night(rows[0]["on"] + timedelta(days=1))
    night(on)
    assert case.see(running)["state"] == "offered"
    with clock.fixed(noon(on)):
        case.pay(sum(row["amount"] for row in (rows if is_all else rows[:1])), on)
        deliver()
    assert (case.see(running)["state"], case.quote_of(running)) == (state, agreed)
    held = session.execute(text("SELECT count(*) FROM contact_hold WHERE until_on >= '2026-12-25'"))
    assert held.scalar_one() == 0
    assert list(audit.run(session)) == []


def test_what_was_kept_stays_kept_when_it_is_agreed_on_anew(case, running, night, deliver, session):
    first, second, *_ = to_come(case, running)
    pay(case, first)
    night(second["on"] + timedelta(days=1))
    on = second["on"] + timedelta(days=9)
    night(on)
    with clock.fixed(noon(on)):
        assert case.act(running, "accept").json["state"] == "cooling_off"
        case.confirm(running)
        deliver()
    seen = case.see(running)
    assert (seen["state"], [kept["number"] for kept in seen["kept"]]) == (
        "active",
        [first["number"]],
    )
    assert events(session, "PlanInstallmentUndone") == []


def test_a_payment_taken_back_takes_back_what_was_kept(case, running, night, session, deliver):
    row = to_come(case, running)[0]
    with clock.fixed(noon(row["on"])):
        case.core.post(
            "/v1/ingest/payments",
            json={
                "external_id": "bounced",
                "loan_external_id": case.loan,
                "amount_minor": row["amount"],
                "received_on": row["on"].isoformat(),
            },
        )
        deliver()
        assert len(case.see(running)["kept"]) == 1
        case.core.post(
            "/v1/ingest/payments/bounced/reversal",
            json={"reason": "returned"},
        )
        deliver()
    assert case.see(running)["kept"] == []
    [undone] = events(session, "PlanInstallmentUndone")
    assert undone["was_first"] is True


def test_a_tier_does_not_fall_while_a_plan_is_kept(case, running, session):
    causes = session.execute(text("SELECT cause FROM tier_freeze WHERE until_on > '2026-12-01'"))
    assert f"plan-kept:{running}" in list(causes.scalars())


def test_the_proof_names_what_is_not_so(case, running, session):
    assert list(audit.run(session)) == []
    session.execute(text("UPDATE installment SET interest_minor = interest_minor + 1"))
    session.execute(text("UPDATE plan_request SET state = 'cured'"))
    faults = list(audit.run(session))
    assert [fault.split(": ")[1] for fault in faults] == [
        "its moves lead to active, it stands at cured",
        "the rows of its loan are not those of its quote",
    ]
