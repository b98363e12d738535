"""Somebody in need is seen at once, by somebody who is spared in turn, and never punished."""

from datetime import timedelta

import pytest

from backend.app import audits
from backend.kit import clock
from tests.clock import NOW
from tests.community.desk import WHY, told


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
