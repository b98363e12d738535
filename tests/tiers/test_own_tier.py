"""What a borrower reads of her tier."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from backend.kit import clock
from backend.kit.ids import new_id
from backend.profile.models import Profile
from backend.tiers import service
from tests.clock import NOW, TODAY
from tests.factories.policies import compare, make_dpd_policy, make_tier, publish_policy
from tests.factories.profile import make_profile
from tests.factories.raw_loans import make_product
from tests.fixtures.api import new_key
from tests.tiers.standing import add_late_loan, make_late, place

INTERNAL = ("high_risk", "dormant", "potential", '"stable"')


@pytest.fixture
def late(session):
    return make_late(session, 40, 30, 5)


def test_she_reads_public_names_reasons_and_what_would_change_it(borrower_api, late):
    answer = borrower_api(late).get("/v1/me/tier")

    assert answer.status_code == 200
    assert answer.json["tier"]["code"] == "step_by_step"
    assert answer.json["tier"]["name"] == "Step by step"
    assert {"code": "days_past_due", "text": "Days past due: 40 days"} in answer.json["reasons"]
    assert answer.json["next"]["tier"]["code"] == "nearly_there"
    way = answer.json["next"]["would_change"][0]
    assert way["kind"] == "action"
    assert [(c["fact"], c["from"], c["to"]) for c in way["changes"]] == [("days_past_due", 40, 30)]
    assert way["changes"][0]["amount_minor"] == 1_000
    assert way["changes"][0]["currency"] == "CNY"
    assert way["changes"][0]["on"] == str(TODAY)
    assert set(answer.json["scores"]) == {"capacity", "willingness", "value"}


def test_she_reads_it_in_chinese(borrower_api, late):
    answer = borrower_api(late).get("/v1/me/tier", headers={"Accept-Language": "zh-CN"})

    assert answer.json["tier"]["name"] == "稳步恢复"
    assert {"code": "days_past_due", "text": "逾期天数：40 天"} in answer.json["reasons"]
    assert "补上" in answer.json["next"]["would_change"][0]["text"]


@pytest.mark.parametrize("days", [0, 15, 60, 120])
def test_no_internal_code_leaves_staff_screens(session, borrower_api, days):
    borrower_id = make_profile(session, oldest_unpaid_due_on=TODAY - timedelta(days=days))
    place(session, borrower_id)
    api = borrower_api(borrower_id)

    shown = api.get("/v1/me/tier").text + api.get("/v1/me/tier/history").text

    assert not [code for code in INTERNAL if code in shown]


def test_at_the_top_there_is_no_next_tier(session, borrower_api):
    borrower_id = make_profile(session)
    place(session, borrower_id)

    answer = borrower_api(borrower_id).get("/v1/me/tier")

    assert answer.json["tier"]["code"] == "in_good_standing"
    assert answer.json["next"] is None
    assert answer.json["reasons"]


def test_before_the_first_evaluation_there_is_nothing_to_read(session, borrower_api):
    borrower_id = make_profile(session)

    assert borrower_api(borrower_id).get("/v1/me/tier").status_code == 404
    review = borrower_api(borrower_id).post(
        "/v1/me/tier/reviews", json={"reason": "Why?"}, headers=new_key()
    )
    assert (review.status_code, review.json["code"]) == (409, "no-tier-yet")


def test_a_worse_tier_that_waits_is_told_with_its_day(session, borrower_api):
    borrower_id = make_profile(session)
    place(session, borrower_id)
    owe_since(session, borrower_id, TODAY - timedelta(days=3))
    place(session, borrower_id)

    answer = borrower_api(borrower_id).get("/v1/me/tier")

    assert answer.json["tier"]["code"] == "in_good_standing"
    assert answer.json["pending"]["tier"]["code"] == "nearly_there"
    assert answer.json["pending"]["on"] == str(TODAY + timedelta(days=7))


@pytest.mark.parametrize(
    ("language", "coming"),
    [
        ("en", "Nothing has changed yet. If things stay as they are, a change comes on {day}."),
        ("zh-CN", "目前等级保持不变。若情况依旧，将于 {day} 变更。"),
    ],
)
def test_while_a_worse_tier_waits_she_reads_why_and_what_would_avert_it(
    session, borrower_api, language, coming
):
    borrower_id = make_profile(session)
    place(session, borrower_id)
    make_product(session)
    add_late_loan(session, borrower_id, 53)
    owe_since(session, borrower_id, TODAY - timedelta(days=53))
    place(session, borrower_id)

    answer = borrower_api(borrower_id).get("/v1/me/tier", headers={"Accept-Language": language})

    words = coming.replace("{day}", str(TODAY + timedelta(days=7)))
    assert answer.json["reasons"][0] == {"code": "grace", "text": words}
    assert answer.json["reasons"][1]["code"] == "days_past_due"
    assert answer.json["next"] is None
    way = answer.json["pending"]["would_change"][0]
    assert [(c["fact"], c["to"], c["amount_minor"]) for c in way["changes"]] == [
        ("days_past_due", 0, 1_000)
    ]


def test_time_that_comes_too_late_averts_nothing(session, borrower_api):
    policy = make_dpd_policy() | {
        "tiers": [
            make_tier("low", compare("overdue_count_12m", "gte", 1), rank=0),
            make_tier("top", {"all": []}, rank=1),
        ]
    }
    publish_policy(session, policy)
    borrower_id = make_profile(session)
    place(session, borrower_id)
    session.execute(
        update(Profile).where(Profile.borrower_id == borrower_id).values(overdue_count_12m=1)
    )
    place(session, borrower_id)

    pending = borrower_api(borrower_id).get("/v1/me/tier").json["pending"]

    assert [way["kind"] for way in pending["would_change"]] == ["person"]


def test_a_tier_kept_by_a_freeze_is_told_as_kept(session, borrower_api):
    borrower_id = make_profile(session)
    place(session, borrower_id)
    until_on = TODAY + timedelta(days=30)
    service.freeze(session, borrower_id=borrower_id, cause="dispute", until_on=until_on, now=NOW)
    owe_since(session, borrower_id, TODAY - timedelta(days=3))
    place(session, borrower_id)

    answer = borrower_api(borrower_id).get("/v1/me/tier")

    assert next(each["code"] for each in answer.json["reasons"]) == "kept"
    assert answer.json["pending"] is None


def owe_since(session, borrower_id, day):
    session.execute(
        update(Profile).where(Profile.borrower_id == borrower_id).values(oldest_unpaid_due_on=day)
    )


def test_her_history_is_her_moves_newest_first(session, borrower_api):
    borrower_id = make_profile(session)
    place(session, borrower_id)
    owe_since(session, borrower_id, TODAY - timedelta(days=3))
    place(session, borrower_id)
    place(session, borrower_id, on=7)

    answer = borrower_api(borrower_id).get("/v1/me/tier/history")

    moves = [(item["tier"]["code"], item["since"]) for item in answer.json["items"]]
    assert moves == [
        ("nearly_there", str(TODAY + timedelta(days=7))),
        ("in_good_standing", str(TODAY)),
    ]
    assert answer.json["next_cursor"] is None


def test_answers_remembered_are_those_of_the_same_facts_only(session, borrower_api, late):
    other = make_profile(session, oldest_unpaid_due_on=TODAY - timedelta(days=41))
    place(session, other)

    texts = [
        json.dumps(borrower_api(each).get("/v1/me/tier").json["reasons"]) for each in (late, other)
    ]
    again = borrower_api(late).get("/v1/me/tier").json

    assert "40 days" in texts[0]
    assert "41 days" in texts[1]
    assert "40 days" in json.dumps(again["reasons"])
    with clock.fixed(NOW + timedelta(days=1)):
        tomorrow = borrower_api(late).get("/v1/me/tier").json
    changes = tomorrow["next"]["would_change"][0]["changes"]
    assert changes[0]["on"] == str(TODAY + timedelta(days=1))


def test_she_asks_once_for_a_person_to_look_and_reads_the_answer(
    session, borrower_api, staff_api, late
):
    api, officer = borrower_api(late), staff_api("risk_officer")
    body = {"reason": "I was ill.", "refuses_automation": True}

    asked = api.post("/v1/me/tier/reviews", json=body, headers=new_key())
    second = api.post("/v1/me/tier/reviews", json=body, headers=new_key())
    silent = officer.get("/v1/tier-reviews")
    why = {"X-Access-Purpose": "risk_review"}
    queue = officer.get("/v1/tier-reviews", headers=why)
    path = f"/v1/staff/borrowers/{late}/tier-reviews/{asked.json['id']}/decide"
    verdict = {"outcome": "changed", "answer": "You are right."}
    unanswered = api.get("/v1/me/tier/reviews")
    decided = officer.post(path, json=verdict, headers=new_key() | why)
    answered = api.get("/v1/me/tier/reviews")
    others = borrower_api(make_profile(session)).get("/v1/me/tier/reviews")
    again = officer.post(path, json=verdict, headers=new_key() | why)

    assert silent.status_code == 422
    assert (asked.status_code, asked.json["state"]) == (201, "open")
    assert (second.status_code, second.json["code"]) == (409, "review-open")
    assert [item["id"] for item in queue.json["items"]] == [asked.json["id"]]
    assert decided.json["state"] == "changed"
    assert unanswered.json["items"] == [asked.json]
    assert answered.json["items"] == [
        asked.json
        | {"state": "changed", "answer": "You are right.", "decided_at": decided.json["decided_at"]}
    ]
    assert others.json == {"items": [], "next_cursor": None}
    assert (again.status_code, again.json["code"]) == (409, "review-decided")


def test_nobody_reads_another_s_tier(borrower_api, staff_api, late):
    stranger = borrower_api(new_id())

    assert stranger.get("/v1/me/tier").status_code == 404
    assert staff_api("risk_officer").get("/v1/me/tier").status_code == 403
