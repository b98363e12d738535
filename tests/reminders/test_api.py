"""Plans of reminders over HTTP, and what reminders are measured to do."""

import json
from datetime import timedelta

import pytest

from notifications.reminders import queries
from tests.clock import TODAY
from tests.factories.loans import make_installments, make_loan, make_payment
from tests.fixtures.api import new_key
from tests.reminders.test_rules import SHIPPED_PLAN

PATH = "/v1/reminder-plans"


def document(**changes):
    return json.loads(SHIPPED_PLAN.read_text()) | changes


def stage(days, code="late"):
    words = {"standard": "reminder.late_7", "gentle": "reminder.late_7_gentle"}
    return {"code": code, "days": days, "templates": words, "keep_days": 0}


@pytest.fixture
def marketer(staff_api):
    return staff_api("marketer")


@pytest.fixture
def approver(staff_api):
    return staff_api("campaign_approver")


def publish(api, version):
    return api.post(f"{PATH}/{version}/publish", headers=new_key())


def test_a_plan_counts_once_another_person_published_it(session, marketer, approver, lender):
    written = marketer.post(PATH, json={"plan": document(stages=[stage(2)]), "note": "Trial."})
    assert written.status_code == 201, written.text
    assert written.json["version"] == 2
    assert queries.get_live(session).version == 1
    assert publish(approver, 2).status_code == 200
    assert [each.days for each in queries.get_live(session).stages] == [2]
    lender.owing("ana", due_in=-2)
    lender.owing("bea", due_in=3)
    assert lender.run() == {"plan_version": 2, "planned": 1}
    assert publish(approver, 2).json["code"] == "reminder-plan-not-draft"
    assert [each["version"] for each in marketer.get(PATH).json["items"]] == [2, 1]
    assert marketer.get(f"{PATH}/1").json["author_id"] is None
    assert marketer.get(f"{PATH}/9").json["code"] == "reminder-plan-unknown"


def test_only_the_newest_draft_is_published_and_never_by_its_author(staff_api, marketer, approver):
    for _ in range(2):
        marketer.post(PATH, json={"plan": document()})
    assert publish(approver, 2).json["code"] == "reminder-plan-superseded"
    both = staff_api("marketer", "campaign_approver")
    both.post(PATH, json={"plan": document()})
    assert publish(both, 4).json["code"] == "second-person-needed"


@pytest.mark.parametrize(("changes", "pointer"), [
    ({"stages": [stage(n, f"late_{n}") for n in (1, 2, 3, 4)]}, "#/plan/stages/3/days"),
    ({"stages": [stage(22)]}, "#/plan/stages/0/days"),
    ({"send_from": "06:00"}, "#/plan/send_from"),
    ({"send_until": "22:00"}, "#/plan/send_until"),
    ({"send_until": "25:00"}, "#/plan/send_until"),
    ({"holdout_percent": 50}, "#/plan/holdout_percent"),
    ({"stages": []}, "#/plan/stages"),
])  # fmt: skip
def test_a_plan_outside_the_rules_is_refused_with_its_place(marketer, changes, pointer):
    answer = marketer.post(PATH, json={"plan": document(**changes)})
    assert answer.status_code == 422
    assert pointer in {each["pointer"] for each in answer.json["errors"]}


def test_a_wording_that_is_not_published_cannot_be_planned(marketer, approver):
    words = marketer.get("/v1/message-templates/reminder.late_7").json["live_words"]
    own = {"code": "reminder.own", "like": "reminder.late_7", "words": words}
    assert marketer.post("/v1/message-templates", json=own).status_code == 201
    planned = stage(5) | {"templates": {"standard": "reminder.own", "gentle": "reminder.own"}}
    body = {"plan": document(stages=[planned])}
    assert marketer.post(PATH, json=body).status_code == 422
    approver.post("/v1/message-templates/reminder.own/versions/1/publish", headers=new_key())
    assert marketer.post(PATH, json=body).status_code == 201


def test_the_effect_is_counted_by_whom_reminders_are_for(session, marketer, lender):
    for name, held_out, pays in (
        ("a", False, 0), ("b", False, 1), ("c", False, None), ("d", True, 0), ("e", True, None),
        ("early", False, -8),
    ):  # fmt: skip
        lender.borrower(external_id=name, held_out=held_out)
        due_on = TODAY - timedelta(days=5)
        loan, _ = make_loan(
            session, borrower=name, installments=make_installments(1, first_due_on=due_on)
        )
        if pays is not None:
            on = due_on + timedelta(days=pays)
            make_payment(session, loan=loan, amount_minor=10_100, received_on=on)
    # What may still be paid in time speaks for neither side.
    lender.owing("today", due_in=0)
    lender.owing("ahead", due_in=3, held_out=True)
    span = {"from": str(TODAY - timedelta(days=30)), "to": str(TODAY + timedelta(days=30))}
    answer = marketer.get(f"{PATH}/effect", query_string=span)
    assert answer.status_code == 200, answer.text
    found = answer.json
    assert (found["treated"]["paid_on_time"], found["treated"]["borrowers"]) == (1, 3)
    assert (found["holdout"]["paid_on_time"], found["holdout"]["borrowers"]) == (1, 2)
    assert found["difference"] == pytest.approx(1 / 3 - 1 / 2)
    low, high = found["difference_interval"]
    assert low < found["difference"] < high
    backwards = marketer.get(
        f"{PATH}/effect", query_string={"from": span["to"], "to": span["from"]}
    )
    assert backwards.status_code == 422


def test_before_anybody_owed_anything_nothing_is_measured(marketer):
    span = {"from": str(TODAY), "to": str(TODAY)}
    found = marketer.get(f"{PATH}/effect", query_string=span).json
    assert found["treated"] == {
        "borrowers": 0, "paid_on_time": 0, "share": None, "interval": None,
    }  # fmt: skip
    assert found["difference"] is None


def test_staff_say_themselves_how_borrowers_read_their_name(session, staff_api):
    manager = staff_api("account_manager")
    assert manager.put("/v1/staff/me/name", json={"name": "Lin Yue"}).status_code == 204
    assert manager.put("/v1/staff/me/name", json={"name": None}).status_code == 204
    refused = manager.put("/v1/staff/me/name", json={"name": "The police will call"})
    assert refused.status_code == 422
