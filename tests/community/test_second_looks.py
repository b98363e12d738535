"""What was decided before: undone, appealed, decided again, and who hears of it."""

from datetime import timedelta

import pytest

from backend.kit import clock
from backend.kit.wiring import JobContext
from community.moderation import jobs
from tests.clock import NOW
from tests.community.conftest import POSTS
from tests.community.desk import WHY, told
from tests.fixtures.api import new_key

APPEALS = "/v1/me/community/appeals"
UNDO = {"reason": "It was the wrong key."}


def count_at(at):
    with clock.fixed(at):
        return jobs.let_count(
            JobContext(as_of=at.date(), now=at, run_id=None, heartbeat=lambda: None)
        )


@pytest.fixture
def report():
    def say(who, target_id, reason="insult"):
        body = {"target_type": "post", "target_id": target_id, "reason": reason}
        return who.api.post("/v1/community/reports", json=body, headers=new_key())

    return say


def outcomes(who):
    return [each["outcome"] for each in who.api.get("/v1/community/reports").json["items"]]


def state_of(who, post_id):
    return who.api.get(f"{POSTS}/{post_id}").json["state"]


def appealed(who):
    [statement] = who.api.get("/v1/me/community").json["statements"]
    body = {"decision_id": statement["decision_id"], "text": "Please look again."}
    return who.api.post(APPEALS, json=body, headers=new_key())


def test_what_was_decided_on_cannot_be_edited_back_into_sight(trusted, person, desk, report):
    ann, mod = trusted(), desk()
    post = ann.write().json
    report(person(), post["id"])
    decision = mod.remove(mod.take())
    edit = {"path": f"{POSTS}/{post['id']}", "json": {"body": "Quite another text."}}
    refused = ann.api.patch(**edit, headers={"If-Match": '"1"'})
    assert refused.json["code"] == "writing-not-editable"
    mod.on_decision(decision, "undo", **UNDO)
    assert ann.api.patch(**edit, headers={"If-Match": '"1"'}).status_code == 200


def test_undone_it_waits_for_what_it_waited_for(person, desk):
    ann, mod = person(), desk()
    post = ann.write().json
    for state, counted_at in (("held", NOW), ("removed", NOW + timedelta(minutes=10))):
        decision = mod.remove(mod.take())
        count_at(counted_at)
        assert state_of(ann, post["id"]) == state
        mod.on_decision(decision, "undo", **UNDO)
        shown = ann.api.get(f"{POSTS}/{post['id']}").json
        assert [each["code"] for each in shown["reasons"]] == ["new_member"]


def test_an_old_decision_undone_does_not_bring_back_what_was_removed_since(person, desk, report):
    ann, mod, lead = person(), desk(), desk("lead_moderator")
    post = ann.write().json
    first = mod.decide(mod.take(), "approve").json["decision"]
    report(person(), post["id"])
    second = mod.remove(mod.take())
    count_at(NOW + timedelta(minutes=10))
    assert lead.on_decision(first, "undo", **UNDO).status_code == 200
    assert state_of(ann, post["id"]) == "removed"
    assert lead.next().status_code == 204
    assert second["action"] == "remove"


def test_a_second_look_that_comes_late_still_brings_the_text_back(trusted, person, desk, report):
    ann, bea, mod = trusted(), person(), desk()
    post = ann.write().json
    report(bea, post["id"])
    mod.remove(mod.take())
    count_at(NOW + timedelta(minutes=10))
    with clock.fixed(NOW + timedelta(days=179)):
        assert appealed(ann).status_code == 201
    with clock.fixed(NOW + timedelta(days=182)):
        other = desk()
        case = other.take("appeals")
        answer = other.decide(case, "overturn", reason="There is nothing wrong with it.")
        assert answer.status_code == 200, answer.text
        assert state_of(ann, post["id"]) == "published"
        assert outcomes(bea) == ["kept"]


def test_nobody_is_told_that_an_undone_decision_stands(trusted, person, desk, report):
    ann, mod, lead, other = trusted(), desk(), desk("lead_moderator"), desk()
    post = ann.write().json
    report(person(), post["id"])
    decision = mod.remove(mod.take())
    count_at(NOW + timedelta(minutes=10))
    appealed(ann)
    lead.on_decision(decision, "undo", **UNDO)
    case = other.take("appeals")
    assert other.decide(case, "uphold", reason="It was right so.").status_code == 422
    assert other.decide(case, "overturn", reason="It was undone.").status_code == 200


def test_whoever_reported_hears_of_the_last_word(trusted, person, desk, report, session):
    ann, bea, mod = trusted(), person(), desk()
    post = ann.write().json
    report(bea, post["id"])
    decision = mod.remove(mod.take())
    mod.on_decision(decision, "undo", **UNDO)
    case = mod.take()
    assert (case["causes"], case["reports"]) == (["abuse"], [{"reason": "insult", "count": 1}])
    # A report that comes now gathers in the open case, not in the one that is over.
    report(person(), post["id"], reason="spam")
    mod.decide(case, "approve")
    assert outcomes(bea) == ["kept"]
    assert len(told(session, "ReportAnswered")) == 2


def test_a_sanction_that_never_counted_is_not_told(trusted, person, desk, report):
    ann, mod = trusted(), desk()
    post = ann.write().json
    report(person(), post["id"])
    decision = mod.remove(mod.take(), action="suspend", days=60)
    assert decision["standing"] == "waiting"
    with clock.fixed(NOW + timedelta(days=1)):
        assert mod.on_decision(decision, "undo", **UNDO).status_code == 200
        assert ann.api.get("/v1/me/community").json["statements"] == []
        assert state_of(ann, post["id"]) == "published"


def test_the_appeal_is_open_for_180_days_from_when_it_counts(trusted, person, desk, report):
    ann, mod = trusted(), desk()
    report(person(), ann.write().json["id"])
    decision = mod.remove(mod.take(), action="suspend", days=60)
    later = NOW + timedelta(days=2)
    with clock.fixed(later):
        assert desk().on_decision(decision, "confirm").status_code == 200
    count_at(later + timedelta(minutes=10))
    with clock.fixed(NOW + timedelta(days=181)):
        assert appealed(ann).status_code == 201


def test_trust_is_not_won_back_by_deleting_what_was_removed(trusted, person, desk, report):
    ann, mod = trusted(), desk()
    post = ann.write().json
    report(person(), post["id"])
    mod.remove(mod.take())
    count_at(NOW + timedelta(minutes=10))
    assert ann.api.delete(f"{POSTS}/{post['id']}").status_code == 204
    assert ann.write(body="Something else altogether.").json["state"] == "held"


def test_what_its_author_took_away_is_read_only_where_something_speaks_against_it(
    trusted, person, desk, report
):
    new, ann, mod = person(), trusted(), desk()
    new.api.delete(f"{POSTS}/{new.write().json['id']}")
    assert mod.next().status_code == 204
    post = ann.write().json
    report(person(), post["id"])
    ann.api.delete(f"{POSTS}/{post['id']}")
    case = mod.take()
    assert case["content"]["state"] == "deleted"
    assert mod.remove(case, action="mute", days=3)["reason"] == WHY
    count_at(NOW + timedelta(minutes=10))
    with clock.fixed(NOW + timedelta(days=1)):
        assert ann.write().json["code"] == "writing-paused"


def test_a_token_is_of_no_use_in_other_hands(person, desk):
    person().write()
    mod, other = desk(), desk()
    case = mod.take()
    assert other.decide(case, "approve").json["code"] == "case-moved"
    assert mod.decide(case, "approve").status_code == 200
