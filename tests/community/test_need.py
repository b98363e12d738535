"""Somebody in need is seen at once, by somebody who is spared in turn, and never punished."""

from datetime import timedelta

import pytest

from backend.app import audits
from backend.kit import clock
from tests.clock import NOW
from tests.community.desk import WHY, told
from tests.fixtures.api import new_key


@pytest.fixture
def audit_lines(session):
    """`audit_lines("unmaskings")`: what an audit of the assembled product says."""

    def run(name):
        [found] = [each for each in audits() if each.name == name]
        return list(found.run(session))

    return run


def test_a_cry_for_help_is_seen_at_once_and_never_punished(person, desk, session):
    ann, mod = person(), desk()
    post = ann.write(body="I cannot go on, I want to end my life.").json
    assert [row.borrower_id for row in told(session, "CrisisRaised")] == [None]
    case = mod.take("crisis")
    assert case["severity"] == 100
    assert mod.decide(case, "remove", clause="danger", reason=WHY).status_code == 422
    done = mod.decide(case, "help_given", days=14, take_next=True)
    assert (done.status_code, done.json["next"]) == (200, None)
    assert [row.borrower_id for row in told(session, "ProtectiveHold")] == [ann.id]
    # What else speaks for a look is somebody else's to judge.
    assert mod.take()["target_id"] == post["id"]


def test_a_moderator_is_spared_after_five_people_in_need(person, desk):
    mod = desk()
    for number in range(6):
        person().write(title=f"Day {number}", body=f"I want to kill myself. {number}")
    for _ in range(5):
        mod.decide(mod.take("crisis"), "help_given")
    spared = mod.next("crisis")
    assert (spared.status_code, spared.json["code"]) == (409, "crisis-load-reached")
    assert desk().next("crisis").status_code == 200


def test_whose_words_these_are_is_told_for_a_person_in_need_alone(person, desk, audit_lines):
    ann, mod, lead, other = person(), desk(), desk("lead_moderator"), desk("lead_moderator")
    ann.write(body="I want to end my life.")
    person().write(title="Harmless")
    why = {"reason": "She wrote that she stands on a bridge."}
    harmless = lead.take()
    assert lead.on_case(harmless, "unmask", **why).json["code"] == "not-in-need"
    case = lead.take("crisis")
    assert mod.on_case(case, "unmask", **why).status_code == 403
    answer = lead.on_case(case, "unmask", **why)
    assert answer.json["borrower_id"] == str(ann.id)
    path = f"/v1/moderation/unmaskings/{answer.json['id']}/look"
    assert lead.api.post(path, json={"was_right": True}).status_code == 403
    with clock.fixed(NOW + timedelta(hours=25)):
        assert "nobody looked at it" in audit_lines("unmaskings")[0]
        assert other.api.post(path, json={"was_right": True}).json["was_right"] is True
        assert audit_lines("unmaskings") == []


@pytest.fixture
def report():
    def say(who, target_id, reason):
        body = {"target_type": "post", "target_id": target_id, "reason": reason}
        return who.api.post("/v1/community/reports", json=body, headers=new_key())

    return say


def outcomes(who):
    return [each["outcome"] for each in who.api.get("/v1/community/reports").json["items"]]


def test_whoever_worries_alerts_a_human_once_and_hears_that_something_was_done(
    trusted, person, desk, report, session
):
    post = trusted().write(body="I will not be here much longer.").json
    bea, cat = person(), person()
    for who in (bea, cat):
        assert report(who, post["id"], "in_danger").status_code == 201
    assert len(told(session, "CrisisRaised")) == 1
    mod = desk()
    mod.decide(mod.take("crisis"), "help_given")
    assert (outcomes(bea), outcomes(cat)) == (["acted"], ["acted"])


def test_that_nobody_was_in_need_says_nothing_of_the_words(trusted, person, desk, report):
    """Reported as abuse, too, it is still judged; and whoever said so hears of that."""
    post, bea, cat, mod = trusted().write().json, person(), person(), desk()
    report(bea, post["id"], "insult")
    report(cat, post["id"], "in_danger")
    mod.decide(mod.take("crisis"), "no_crisis")
    assert (outcomes(bea), outcomes(cat)) == (["received"], ["kept"])
    case = mod.take()
    assert case["causes"] == ["abuse"]
    mod.decide(case, "approve")
    assert outcomes(bea) == ["kept"]
    # A graver word than was ever judged is looked at, though a crisis case was graver still.
    report(person(), post["id"], "threat")
    assert mod.take()["causes"] == ["threat"]


def test_a_moderator_who_sends_it_there_alerts_a_human(trusted, person, desk, report, session):
    post, mod = trusted().write().json, desk()
    report(person(), post["id"], "other")
    mod.on_case(mod.take(), "escalate", to="crisis", reason="She may be in danger.")
    assert len(told(session, "CrisisRaised")) == 1
    # And who sees that it is none sends it back, where it stays.
    mod.on_case(mod.take("crisis"), "escalate", to="general", reason="A song, not her words.")
    report(person(), post["id"], "spam")
    assert mod.take()["causes"] == ["other", "spam"]


def test_what_was_a_cry_for_help_is_no_ground_for_a_sanction(person, desk):
    person().write(body="I want to end my life.")
    mod = desk()
    mod.decide(mod.take("crisis"), "help_given")
    case = mod.take()
    for action, days in (("warn", None), ("mute", 1), ("suspend", 3)):
        refused = mod.decide(case, action, clause="danger", reason=WHY, days=days)
        assert (refused.status_code, refused.json["code"]) == (422, "ruling-unfit")
    assert mod.decide(case, "approve").status_code == 200


def test_a_cry_that_was_passed_over_by_mistake_is_heard_after_all(person, desk):
    person().write(body="I want to end my life.")
    mod = desk()
    decision = mod.decide(mod.take("crisis"), "no_crisis").json["decision"]
    undone = mod.on_decision(decision, "undo", reason="I pressed the wrong key.")
    assert undone.json["standing"] == "undone"
    assert "crisis" in mod.take("crisis")["causes"]


def test_people_in_need_are_never_seen_to_by_likeness(person, desk):
    for _ in range(2):
        person().write(body="I want to end my life, and nobody knows.")
    mod = desk()
    done = mod.decide(mod.take("crisis"), "help_given", days=3, fold_same_text=True)
    assert done.json["folded"] == 0
    assert mod.next("crisis").status_code == 200
