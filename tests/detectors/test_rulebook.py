"""The life of a rule: who put it where and why, and how often it was right."""

import pytest

from community.detectors.rules import RULES, SHIPPED, Mode
from community.rulebook import queries, service
from community.rulebook.rules import REVIEWED_MIN, is_proven, precision
from tests.factories.loans import make_borrower
from tests.fixtures.api import new_key

RULES_PATH = "/v1/moderation/rules"
CHECK = "/v1/community/posts/check"
RUDE = "this is bullshit, the printer ate my form"
SPAM = "=" * 40


@pytest.fixture(autouse=True)
def modes_are_read_anew():
    service.forget()
    yield
    service.forget()


@pytest.fixture
def lead(staff_api):
    return staff_api("lead_moderator")


def put(lead, rule, mode, **more):
    body = {"mode": mode, "reason": "Too many got by.", **more}
    return lead.put(f"{RULES_PATH}/{rule}/mode", json=body)


def row(lead, rule):
    return next(each for each in lead.get(RULES_PATH).json["items"] if each["rule"] == rule)


def decide(behind_the_wall, *, right, wrong, body=SPAM):
    for is_violation, times in ((True, right), (False, wrong)):
        for _ in range(times):
            service.note_decision(behind_the_wall, title="T", body=body, is_violation=is_violation)


def test_every_rule_is_listed_as_it_ships(session, lead):
    items = lead.get(RULES_PATH).json["items"]
    assert {each["rule"]: each["mode"] for each in items} == {
        rule: str(mode) for rule, mode in SHIPPED.items()
    }
    assert {each["precision"] for each in items} == {None}


def test_a_change_says_who_why_and_when_and_the_next_check_follows_it(session, borrower_api, lead):
    reader = borrower_api(make_borrower(session))
    text = {"title": "T", "body": "家里电话 13800138000"}
    assert reader.post(CHECK, json=text).json["verdict"] == "refuse"

    assert put(lead, "pii.phone", "shadow").status_code == 200

    assert reader.post(CHECK, json=text).json == {
        "verdict": "publish",
        "findings": [],
        "help": None,
    }
    [change] = row(lead, "pii.phone")["changes"]
    assert (change["mode"], change["reason"]) == ("shadow", "Too many got by.")
    assert change["staff_id"] == str(lead.id)
    assert change["at"]
    assert change["without_proof"] is False


def test_posting_follows_the_same_modes_and_counts_what_was_found(session, borrower_api, lead):
    writer = borrower_api(make_borrower(session))
    draft = {"title": "T", "body": "家里电话 13800138000", "topic": "stories", "kind": "post"}
    first = writer.post("/v1/community/posts", json=draft, headers=new_key())
    assert first.status_code in (409, 422), first.json

    put(lead, "pii.phone", "shadow")

    draft["topic"] = writer.get("/v1/community/topics").json["items"][0]["code"]
    second = writer.post("/v1/community/posts", json=draft, headers=new_key())
    assert second.status_code == 201, second.json
    # Refused before, it was never posted; in shadow it is found and counted all the same.
    assert row(lead, "pii.phone")["hits"] == 1


def test_a_rule_in_shadow_comes_to_hold_when_moderators_agreed_often_enough(
    session, behind_the_wall, lead
):
    assert put(lead, "spam.repetition", "hold").json["code"] == "rule-unproven"

    decide(behind_the_wall, right=REVIEWED_MIN - 2, wrong=1)
    assert put(lead, "spam.repetition", "hold").json["code"] == "rule-unproven"
    decide(behind_the_wall, right=1, wrong=0)

    assert row(lead, "spam.repetition")["precision"] == "0.9500"
    assert put(lead, "spam.repetition", "hold").status_code == 200
    assert row(lead, "spam.repetition")["changes"][0]["without_proof"] is False


def test_a_lead_may_say_why_all_the_same_and_it_is_kept_that_she_did(session, lead):
    assert put(lead, "spam.repetition", "hold", without_proof=True).status_code == 200
    assert row(lead, "spam.repetition")["changes"][0]["without_proof"] is True


def test_a_rule_may_always_be_put_back_to_what_it_came_with(session, lead):
    put(lead, "pii.phone", "flag")
    assert put(lead, "pii.phone", "block").status_code == 200


def test_a_decision_that_is_undone_counts_no_more(session, behind_the_wall, lead):
    decide(behind_the_wall, right=1, wrong=1)
    service.note_decision(
        behind_the_wall, title="T", body=SPAM, is_violation=True, is_taken_back=True
    )
    found = row(lead, "spam.repetition")
    assert (found["right"], found["wrong"]) == (0, 1)


@pytest.mark.parametrize(
    ("rule", "mode", "code"),
    [
        ("pii.nothing", "hold", "rule-unknown"),
        ("pii.phone", "block", "rule-mode-refused"),
        ("offensive.rude", "hold", "rule-mode-refused"),
        ("crisis.self_harm", "shadow", "rule-mode-refused"),
    ],
)
def test_what_no_rule_may_become_is_refused(session, lead, rule, mode, code):
    assert put(lead, rule, mode, without_proof=True).json["code"] == code


def test_a_change_needs_a_reason_and_a_lead(session, lead, staff_api):
    wrong = lead.put(f"{RULES_PATH}/pii.phone/mode", json={"mode": "flag", "reason": ""})
    assert wrong.status_code == 422
    assert staff_api("moderator").get(RULES_PATH).status_code == 403


def test_precision_needs_enough_decisions():
    assert precision(right=REVIEWED_MIN - 1, wrong=0) is None
    assert is_proven(right=18, wrong=2)
    assert not is_proven(right=17, wrong=3)


def test_a_stored_mode_that_a_rule_may_no_longer_be_in_counts_for_nothing(
    session, behind_the_wall, lead
):
    put(lead, "pii.phone", "flag")
    modes = queries.get_modes(behind_the_wall)
    assert modes["pii.phone"] is Mode.FLAG
    assert set(modes) == set(RULES)
