"""Staff see who needs it first, decide with reasons she can read, and an appeal goes to another."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.borrowers import service as borrowers
from backend.contacts import queries as contacts
from backend.kit import clock
from tests.clock import NOW, TODAY
from tests.factories.plans import BOTH, WAY, noon
from tests.fixtures.api import new_key

PURPOSE = {"X-Access-Purpose": "plan_request"}


def decide(api, plan, outcome="approve", *, way=None, **more):
    return api.post(
        f"/v1/staff/plan-requests/{plan}/decide",
        json={"outcome": outcome, "reasons": [{"text": BOTH, "would_change": way}], **more},
        headers=new_key(),
    )


@pytest.fixture
def officer(staff_api):
    return staff_api("risk_officer")


@pytest.fixture
def waiting(case) -> str:
    return case.ask(due_day=15, reason="job_loss").json["id"]


def test_a_person_approves_and_she_is_offered_what_she_asked_for(case, waiting, officer):
    answer = decide(officer, waiting)
    assert (answer.status_code, answer.json["state"]) == (200, "offered")
    seen = case.see(waiting)
    assert seen["decisions"][0]["reasons"] == [{"text": BOTH["en"], "would_change": None}]
    assert case.act(waiting, "accept").status_code == 200


def test_what_waited_for_us_past_a_due_day_is_reckoned_anew(case, officer):
    plan = case.ask("longer_term", reason="job_loss").json
    with clock.fixed(noon(TODAY + timedelta(days=8))):
        assert decide(officer, plan["id"]).json["state"] == "offered"
        seen = case.see(plan["id"])
        assert seen["quote_id"] != plan["quote_id"]
        assert seen["kind"] == "longer_term"
        assert case.act(plan["id"], "accept").json["state"] == "cooling_off"


def test_she_reads_reasons_in_her_language(case, waiting, officer):
    decide(officer, waiting, "reject", way=WAY)
    seen = case.api.get(
        f"/v1/me/plan-requests/{waiting}", headers={"Accept-Language": "zh-CN"}
    ).json
    assert seen["decisions"][0]["reasons"] == [
        {"text": BOTH["zh-CN"], "would_change": WAY["zh-CN"]}
    ]
    assert seen["state_name"] == "此方案未能通过"


def test_a_rejection_says_what_would_change_it(waiting, officer):
    assert decide(officer, waiting, "reject").status_code == 422
    assert decide(officer, waiting, "reject", way=WAY).json["state"] == "rejected"


def test_a_counter_offer_is_a_new_quote(case, waiting, officer):
    before = case.quote_of(waiting)
    counter = {"kind": "longer_term", "terms": {"months": 2}}
    answer = decide(officer, waiting, "counter_offer", counter_offer=counter)
    assert (answer.status_code, answer.json["state"]) == (200, "offered"), answer.json
    seen = case.see(waiting)
    assert (seen["kind"], seen["quote_id"] != before) == ("longer_term", True)
    assert case.act(waiting, "accept").json["quote"]["id"] == seen["quote_id"]


def test_an_outcome_and_a_counter_offer_fit_together(waiting, officer):
    assert decide(officer, waiting, "counter_offer").status_code == 422
    counter = {"kind": "longer_term", "terms": {"months": 2}}
    assert decide(officer, waiting, "approve", counter_offer=counter).status_code == 422
    wrong = {"kind": "longer_term", "terms": {"years": 2}}
    assert decide(officer, waiting, "counter_offer", counter_offer=wrong).status_code == 422


def test_she_answers_what_a_person_asked(case, waiting, officer):
    assert decide(officer, waiting, "request_info").json["state"] == "info_requested"
    answer = case.act(waiting, "answer", message="Since October.")
    assert (answer.status_code, answer.json["state"]) == (200, "under_review")
    seen = officer.get(f"/v1/staff/plan-requests/{waiting}", headers=PURPOSE).json
    assert seen["message"] == "Since October."


def test_a_question_left_open_ends_the_request(case, waiting, officer, night):
    decide(officer, waiting, "request_info")
    night(TODAY + timedelta(days=14))
    assert case.see(waiting)["state"] == "info_requested"
    night(TODAY + timedelta(days=15))
    assert case.see(waiting)["state"] == "expired"


def test_an_appeal_is_decided_by_another_person(case, waiting, officer, staff_api):
    decide(officer, waiting, "reject", way=WAY)
    assert case.act(waiting, "appeal").json["state"] == "appealed"
    same = decide(officer, waiting)
    assert (same.status_code, same.json["code"]) == (403, "second-person-needed")
    assert decide(staff_api("risk_officer"), waiting).json["state"] == "offered"


def test_the_database_keeps_an_appeal_from_the_same_person(case, waiting, officer, session):
    decide(officer, waiting, "reject", way=WAY)
    with pytest.raises(Exception, match="appeal_by_another"), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO plan_decision SELECT borrower_id, request_id, 99, outcome, reasons,"
                " true, decided_by, decided_by, decided_at FROM plan_decision"
            )
        )


def test_the_second_of_two_is_told_what_won(waiting, officer, staff_api):
    decide(officer, waiting, "reject", way=WAY)
    answer = decide(staff_api("risk_officer"), waiting)
    assert (answer.status_code, answer.json["code"]) == (409, "plan-moved")
    assert answer.json["state"] == "rejected"


def test_the_queue_begins_with_what_is_due_first(make_case, officer):
    later_case, sooner_case = make_case(), make_case()
    with clock.fixed(NOW - timedelta(days=3)):
        sooner = sooner_case.ask(due_day=15, reason="job_loss").json["id"]
    later = later_case.ask(due_day=15, reason="job_loss").json["id"]
    queue = officer.get("/v1/staff/plan-requests", headers=PURPOSE)
    assert [item["id"] for item in queue.json["items"]] == [sooner, later]
    assert officer.get("/v1/staff/plan-requests").status_code == 422


def test_an_account_manager_sees_her_borrowers_alone(make_case, session, staff_api):
    manager = staff_api("account_manager")
    hers, other = make_case(), make_case()
    plans = [each.ask(due_day=15, reason="job_loss").json["id"] for each in (hers, other)]
    borrowers.assign(
        session, borrower_id=hers.borrower_id, staff_id=manager.id, by=manager.id, now=NOW
    )
    queue = manager.get("/v1/staff/plan-requests").json["items"]
    assert [item["id"] for item in queue] == plans[:1]
    assert manager.get(f"/v1/staff/plan-requests/{plans[1]}").status_code == 404
    assert decide(manager, plans[1]).status_code == 404
    assert decide(manager, plans[0]).status_code == 200


def test_the_whole_case_is_shown_and_that_it_was_seen(waiting, officer, session):
    seen = officer.get(f"/v1/staff/plan-requests/{waiting}", headers=PURPOSE)
    assert seen.status_code == 200
    assert seen.json["facts"]["open_loans"] in (None, 1)
    assert [option["kind"] for option in seen.json["options"]] == ["move_due_day"]
    assert [move["to_state"] for move in seen.json["history"]] == ["submitted", "under_review"]
    logged = session.execute(text("SELECT purpose, what FROM access_log")).all()
    assert [tuple(row) for row in logged] == [("plan_request", "plan request")]


def test_a_late_lender_starts_relief_by_itself(case, waiting, night, session):
    night(TODAY + timedelta(days=3))
    assert case.see(waiting)["relief"] is None
    night(TODAY + timedelta(days=4))
    seen = case.see(waiting)
    assert (seen["state"], seen["relief"] is not None) == ("under_review", True)
    [until_on] = session.execute(
        text("SELECT until_on FROM contact_hold WHERE borrower_id = :id"),
        {"id": case.borrower_id},
    ).scalars()
    assert until_on == TODAY + timedelta(days=4 + 14)
    night(TODAY + timedelta(days=5))
    told = session.execute(
        text("SELECT count(*) FROM event WHERE name = 'PlanReliefStarted'")
    ).scalar_one()
    assert told == 1


def test_an_offer_left_alone_ends_and_peace_with_it(case, night, session):
    plan = case.ask(due_day=15).json["id"]
    night(TODAY + timedelta(days=15))
    assert case.see(plan)["state"] == "expired"
    held = contacts.list_holds(
        session, borrower_id=case.borrower_id, today=TODAY + timedelta(days=15)
    )
    assert held == []
    with clock.fixed(noon(TODAY + timedelta(days=15))):
        assert case.act(plan, "accept").json["state"] == "expired"


def test_limits_are_written_by_one_and_published_by_another(case, officer, staff_api):
    shipped = officer.get("/v1/plan-policies").json["items"][0]
    policy = {"automatic": [], "holidays": ["2026-11-24"]}
    draft = officer.post("/v1/plan-policies", json={"policy": policy, "note": "None"})
    assert (draft.status_code, draft.json["version"]) == (201, shipped["version"] + 1)
    path = f"/v1/plan-policies/{draft.json['version']}/publish"
    assert officer.post(path, headers=new_key()).json["code"] == "second-person-needed"
    assert case.ask("skip").json["due_on"] == "2026-11-26"
    case.act(case.api.get("/v1/me/plan-requests").json["items"][0]["id"], "withdraw")
    other = staff_api("risk_officer")
    assert other.post(path, headers=new_key()).json["state"] == "published"
    assert other.post(path, headers=new_key()).json["code"] == "plan-policy-not-draft"
    answer = case.ask(due_day=15).json
    assert (answer["state"], answer["due_on"]) == ("under_review", "2026-11-27")


@pytest.mark.parametrize(
    "policy",
    [
        {"automatic": [{"kind": "gift", "when": {"all": []}, "beyond": BOTH}], "holidays": []},
        {"automatic": [{"kind": "skip", "when": {"fact": "sex"}, "beyond": BOTH}], "holidays": []},
        {"automatic": [{"kind": "skip", "when": {"all": []}, "beyond": {}}], "holidays": []},
        {"automatic": [], "holidays": ["tomorrow"]},
        {"automatic": {}},
    ],
)
def test_wrong_limits_are_refused_with_a_pointer(officer, policy):
    answer = officer.post("/v1/plan-policies", json={"policy": policy})
    assert answer.status_code == 422
    assert all(error["pointer"].startswith("#/policy") for error in answer.json["errors"])
