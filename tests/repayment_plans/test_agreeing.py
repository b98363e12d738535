"""She accepts, the core system books, she may step back; what is booked is what was quoted."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.contacts import queries as contacts
from backend.kit import clock
from tests.clock import NOW, TODAY
from tests.factories.loans import make_loan
from tests.factories.plans import OPENED_ON, noon, planned
from tests.fixtures.api import new_key


@pytest.fixture
def offered(case) -> str:
    return case.ask(due_day=15).json["id"]


def rows_of(case) -> list[dict]:
    names = ("number", "due_on", "principal_minor", "interest_minor", "fee_minor", "penalty_minor")
    found = case.api.get(f"/v1/me/loans/{case.loan_id}/schedule?limit=100").json["items"]
    return [{name: row[name] for name in names} for row in found]


def test_accepting_asks_the_core_system_to_book_what_was_quoted(case, offered):
    answer = case.act(offered, "accept")
    assert (answer.status_code, answer.json["state"]) == (200, "cooling_off")
    assert answer.json["cooling_off_until_on"] == "2026-11-30"
    [asked] = case.instructions("plan.accepted")
    assert asked["payload"]["plan_id"] == offered
    assert asked["payload"]["rows"] == answer.json["quote"]["schedule"]
    assert asked["payload"]["rows_hash"] == answer.json["quote"]["rows_hash"]
    assert [move["state"] for move in answer.json["history"]][-2:] == ["accepted", "cooling_off"]


def test_equal_rows_put_the_plan_into_force(case, offered, deliver, session):
    case.act(offered, "accept")
    case.confirm(offered)
    deliver()
    seen = case.see(offered)
    assert (seen["state"], seen["may"]) == ("active", ["withdraw"])
    assert contacts.list_holds(session, borrower_id=case.borrower_id, today=TODAY) == []
    assert [i["payload"]["plan_id"] for i in case.instructions("penalty.unfreeze")] == [offered]


def test_a_retry_of_the_core_system_changes_nothing(case, offered, deliver):
    case.act(offered, "accept")
    for _ in range(3):
        case.confirm(offered)
        deliver()
    assert [move["state"] for move in case.see(offered)["history"]].count("active") == 1


def test_other_rows_are_an_alarm_and_she_keeps_seeing_her_quote(case, offered, deliver, staff_api):
    quoted = case.act(offered, "accept").json["quote"]["schedule"]
    other = [dict(row) for row in quoted]
    other[-1]["interest_minor"] += 1
    case.book(other, plan=offered)
    deliver()
    seen = case.see(offered)
    assert (seen["state"], seen["quote"]["schedule"]) == ("core_differs", quoted)
    officer = staff_api("risk_officer")
    queue = officer.get(
        "/v1/staff/plan-requests?state=core_differs",
        headers={"X-Access-Purpose": "plan_request"},
    )
    assert [item["id"] for item in queue.json["items"]] == [offered]
    case.book(quoted, plan=offered)
    deliver()
    assert case.see(offered)["state"] == "active"


def test_stepping_back_restores_the_old_schedule_exactly(case, offered, deliver):
    before = rows_of(case)
    case.act(offered, "accept")
    case.confirm(offered)
    deliver()
    assert rows_of(case) != before
    with clock.fixed(noon(TODAY + timedelta(days=7))):
        answer = case.act(offered, "withdraw")
    assert (answer.status_code, answer.json["state"]) == (200, "withdrawn")
    [asked] = case.instructions("plan.withdrawn")
    assert asked["payload"]["rows"] == before
    case.book(asked["payload"]["rows"], plan=None)
    deliver()
    assert rows_of(case) == before
    assert case.see(offered)["state"] == "withdrawn"


def test_after_the_days_of_cooling_off_there_is_no_stepping_back(case, offered, deliver):
    case.act(offered, "accept")
    case.confirm(offered)
    deliver()
    with clock.fixed(noon(TODAY + timedelta(days=8))):
        answer = case.act(offered, "withdraw")
        assert case.see(offered)["may"] == []
    assert (answer.status_code, answer.json["code"]) == (409, "plan-cooling-off-over")


def test_a_payment_after_the_quote_makes_the_offer_stale(case, offered):
    case.pay(5_000, TODAY)
    answer = case.act(offered, "accept")
    assert (answer.status_code, answer.json["code"]) == (409, "plan-quote-stale")
    assert case.see(offered)["state"] == "offered"


def test_a_penalty_that_came_to_nothing_does_not_cost_her_the_offer(case, offered, deliver):
    case.charge(300, TODAY)
    assert case.act(offered, "accept").json["code"] == "plan-quote-stale"
    deliver()
    answer = case.act(offered, "accept")
    assert (answer.status_code, answer.json["state"]) == (200, "cooling_off")


def test_an_offer_beyond_its_day_is_told_as_such(case, offered):
    with clock.fixed(NOW + timedelta(days=14)):
        answer = case.act(offered, "accept")
    assert (answer.status_code, answer.json["code"]) == (409, "plan-quote-expired")


def test_nothing_goes_twice_or_from_elsewhere(case, offered):
    case.act(offered, "withdraw")
    for verb in ("accept", "withdraw", "appeal"):
        answer = case.act(offered, verb)
        assert (answer.status_code, answer.json["code"]) == (409, "plan-moved")
        assert answer.json["state"] == "withdrawn"
    answer = case.act(offered, "answer", message="hello")
    assert (answer.status_code, answer.json["state"]) == (409, "withdrawn")


def test_a_repeat_of_accepting_is_answered_as_the_first(case, offered):
    key = new_key()
    first, again = (
        case.api.post(f"/v1/me/plan-requests/{offered}/accept", headers=key) for _ in range(2)
    )
    assert (first.status_code, first.json) == (200, again.json)
    assert len(case.instructions("plan.accepted")) == 1


def test_without_the_core_systems_word_cooling_off_becomes_waiting(case, offered, night):
    case.act(offered, "accept")
    night(TODAY + timedelta(days=8))
    assert case.see(offered)["state"] == "awaiting_core"
    case.confirm(offered)
    night(TODAY + timedelta(days=9))
    assert case.see(offered)["state"] == "active"


def test_a_waiver_is_booked_when_the_core_system_has_it(case, deliver, staff_api):
    case.charge(900, TODAY - timedelta(days=1))
    deliver()
    plan = case.ask("waive_penalty").json
    officer = staff_api("risk_officer")
    if plan["state"] == "under_review":
        officer.post(
            f"/v1/staff/plan-requests/{plan['id']}/decide",
            json={"outcome": "approve", "reasons": [{"text": {"en": "Good.", "zh-CN": "好。"}}]},
            headers=new_key(),
        )
    accepted = case.act(plan["id"], "accept")
    assert (accepted.status_code, accepted.json["state"]) == (200, "awaiting_core")
    [asked] = case.instructions("plan.accepted")
    for _ in range(2):
        case.core.post(f"/v1/ingest/core-instructions/{asked['id']}/ack")
        deliver()
    assert case.see(plan["id"])["state"] == "completed"
    loan = case.api.get(f"/v1/me/loans/{case.loan_id}").json
    assert loan["outstanding"]["penalty_minor"] == 0
    fees = case.api.get(f"/v1/me/loans/{case.loan_id}/fees").json["items"]
    assert [f["amount_minor"] for f in fees if f["kind"] == "waiver"] == [900]


def test_only_she_accepts_or_withdraws_says_the_database_too(case, offered, session):
    with pytest.raises(Exception, match="only_she_accepts_or_withdraws"), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO plan_state_change (borrower_id, request_id, number, from_state,"
                " to_state, actor, staff_id, cause, quote_id, changed_at)"
                " SELECT borrower_id, request_id, 99, 'offered', 'accepted', 'clock', NULL, 'x',"
                " quote_id, changed_at FROM plan_state_change LIMIT 1"
            )
        )


def test_an_offer_whose_first_day_has_passed_is_stale(case, night):
    plan = case.ask("longer_term").json
    on = TODAY + timedelta(days=8)
    assert plan["quote"]["schedule"][9]["due_on"] == (on - timedelta(days=1)).isoformat()
    night(on)
    with clock.fixed(noon(on)):
        answer = case.act(plan["id"], "accept")
    assert (answer.status_code, answer.json["code"]) == (409, "plan-quote-stale")


def test_a_quote_does_not_move_what_was_missed_since(case, night):
    quote = case.quote("move_due_day", due_day=15)
    with clock.fixed(noon(TODAY + timedelta(days=7))):
        assert case.api.get(f"/v1/me/plan-quotes/{quote}").json["is_current"]
    with clock.fixed(noon(TODAY + timedelta(days=8))):
        assert not case.api.get(f"/v1/me/plan-quotes/{quote}").json["is_current"]
        answer = case.ask(quote=quote)
    assert (answer.status_code, answer.json["code"]) == (409, "plan-quote-stale")


def test_another_loan_of_hers_is_not_the_one_she_agreed_on(case, offered, deliver, session):
    rows = case.act(offered, "accept").json["quote"]["schedule"]
    mine = case.loan
    case.loan, _ = make_loan(
        session, borrower=case.borrower, installments=planned(), opened_on=OPENED_ON
    )
    case.book(rows, plan=offered)
    deliver()
    case.loan = mine
    assert case.see(offered)["state"] == "core_differs"
    case.confirm(offered)
    deliver()
    assert case.see(offered)["state"] == "active"


def test_other_rows_of_a_plan_in_force_are_an_alarm_too(case, offered, deliver):
    quoted = case.act(offered, "accept").json["quote"]["schedule"]
    case.confirm(offered)
    deliver()
    case.book([*quoted[:-1], {**quoted[-1], "interest_minor": 1}], plan=None)
    deliver()
    assert case.see(offered)["state"] == "core_differs"
    with clock.fixed(noon(TODAY + timedelta(days=8))):
        assert case.see(offered)["may"] == []
        assert case.act(offered, "withdraw").json["code"] == "plan-cooling-off-over"
    case.book(quoted, plan=None)
    deliver()
    assert case.see(offered)["state"] == "active"
