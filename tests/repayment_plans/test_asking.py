"""She asks for a quoted plan: within the limits it is offered at once, and she is left in peace."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.contacts import queries as contacts
from backend.kit import clock
from tests.clock import NOW, TODAY
from tests.fixtures.api import new_key


def frozen_until(session, borrower_id) -> dict:
    rows = session.execute(
        text("SELECT cause, until_on FROM tier_freeze WHERE borrower_id = :id"),
        {"id": borrower_id},
    )
    return {row.cause: row.until_on for row in rows if row.until_on >= TODAY}


def test_within_the_limits_a_plan_is_offered_at_once(case):
    answer = case.ask(due_day=15)
    assert answer.status_code == 201, answer.json
    assert answer.json["state"] == "offered"
    assert answer.json["may"] == ["accept", "withdraw"]
    states = [(move["state"], move["by"]) for move in answer.json["history"]]
    assert states == [("submitted", "borrower"), ("offered", "clock")]


def test_a_reason_that_a_document_shows_is_for_a_person(case):
    answer = case.ask(due_day=15, reason="job_loss")
    assert (answer.status_code, answer.json["state"]) == (201, "under_review")
    assert answer.json["review_reasons"]
    assert answer.json["due_on"] == "2026-11-26"  # Monday and three working days


def test_from_asking_on_she_is_left_in_peace(case, session):
    plan = case.ask(due_day=15).json
    held = contacts.list_holds(session, borrower_id=case.borrower_id, today=TODAY)
    assert [row.cause for row in held] == [f"plan-request:{plan['id']}"]
    assert frozen_until(session, case.borrower_id) == {
        f"plan-request:{plan['id']}": held[0].until_on
    }
    [asked] = case.instructions("penalty.freeze")
    assert asked["payload"]["loan_external_id"] == case.loan


def test_one_loan_has_one_open_request(case):
    first, second = case.quote("move_due_day", due_day=15), case.quote("longer_term", months=1)
    plan = case.ask(quote=first).json
    answer = case.ask(quote=second)
    assert (answer.status_code, answer.json["code"]) == (409, "plan-already-open")
    assert (answer.json["plan_request_id"], answer.json["state"]) == (plan["id"], "offered")


def test_a_repeat_of_one_tap_is_one_request(case):
    body, key = {"quote_id": case.quote("skip"), "reason": "illness"}, new_key()
    first, again = (case.api.post("/v1/me/plan-requests", json=body, headers=key) for _ in range(2))
    assert (first.status_code, first.json) == (201, again.json)
    assert len(case.api.get("/v1/me/plan-requests").json["items"]) == 1


def test_a_quote_that_has_ended_is_told_as_such(case):
    quote = case.quote("move_due_day", due_day=15)
    with clock.fixed(NOW + timedelta(days=14)):
        answer = case.ask(quote=quote)
    assert (answer.status_code, answer.json["code"]) == (409, "plan-quote-expired")


def test_a_loan_that_changed_makes_a_quote_stale(case):
    quote = case.quote("move_due_day", due_day=15)
    case.pay(100, TODAY)
    answer = case.ask(quote=quote)
    assert (answer.status_code, answer.json["code"]) == (409, "plan-quote-stale")
    assert "new quote" in answer.json["title"]


def test_a_quote_that_somebody_altered_is_none_of_ours(case, session):
    quote = case.quote("move_due_day", due_day=15)
    session.execute(
        text("UPDATE plan_quote SET total_cost_minor = 1 WHERE id = :id"), {"id": quote}
    )
    answer = case.ask(quote=quote)
    assert (answer.status_code, answer.json["code"]) == (409, "plan-quote-not-genuine")


def test_another_persons_request_is_not_found(case, make_case):
    plan, other = case.ask(due_day=15).json["id"], make_case()
    assert other.api.get(f"/v1/me/plan-requests/{plan}").status_code == 404
    for verb in ("accept", "withdraw", "appeal"):
        assert other.act(plan, verb).json["code"] == "plan-request-unknown"
    assert other.act(plan, "answer", message="hello").status_code == 404
    assert other.ask(quote=case.quote_of(plan)).status_code == 404


def test_the_third_move_of_a_due_day_in_a_year_is_for_a_person(case, session):
    quotes = [case.quote("move_due_day", due_day=day) for day in (10, 15, 20)]
    states = []
    for quote in quotes:
        plan = case.ask(quote=quote, reason="other").json
        states.append(plan["state"])
        if plan["state"] == "offered":
            assert case.act(plan["id"], "accept").status_code == 200
            session.execute(text("UPDATE plan_request SET state = 'completed'"))
    assert states == ["offered", "offered", "under_review"]


def test_what_she_stepped_back_from_does_not_count_against_her(case):
    quotes = [case.quote("move_due_day", due_day=day) for day in (10, 15, 20)]
    for quote in quotes:
        plan = case.ask(quote=quote).json
        assert plan["state"] == "offered"
        assert case.act(plan["id"], "accept").status_code == 200
        assert case.act(plan["id"], "withdraw").status_code == 200


@pytest.mark.parametrize(("months", "state"), [(1, "offered"), (3, "under_review")])
def test_a_term_grows_by_itself_by_half_of_what_remains(case, months, state):
    answer = case.ask("longer_term", months=months)
    assert (answer.status_code, answer.json["state"]) == (201, state)


def test_what_hides_behind_her_words_is_sealed(case, session):
    quote = case.quote("move_due_day", due_day=15)
    answer = case.api.post(
        "/v1/me/plan-requests",
        json={"quote_id": quote, "reason": "illness", "message": "My back is broken."},
        headers=new_key(),
    )
    assert answer.json["message"] == "My back is broken."
    [kept] = session.execute(text("SELECT message_cipher FROM plan_request")).scalars()
    assert b"back" not in bytes(kept)


def test_penalties_of_the_freeze_are_disputed_and_offset_once_each(case, deliver):
    case.charge(700, TODAY - timedelta(days=1))
    plan = case.ask(due_day=15).json["id"]
    case.charge(300, TODAY)
    case.charge(200, TODAY)
    deliver()
    deliver()
    disputed = case.see(plan)["disputed_penalties"]
    assert sorted((each["amount_minor"], each["is_offset"]) for each in disputed) == [
        (200, True),
        (300, True),
    ]
    fees = case.api.get(f"/v1/me/loans/{case.loan_id}/fees").json
    assert sorted(f["amount_minor"] for f in fees["items"] if f["kind"] == "waiver") == [200, 300]
    assert fees["outstanding"]["penalty_minor"] == 700
    shown = {f["amount_minor"]: f["is_disputed"] for f in fees["items"] if f["kind"] == "penalty"}
    assert shown == {700: False, 300: True, 200: True}
