"""Nothing that waits at the desk waits for ever, and each moderator sees what she did herself."""

from datetime import timedelta

import pytest

from backend.kit import clock
from tests.clock import NOW
from tests.community.conftest import POSTS
from tests.community.test_second_looks import UNDO, count_at
from tests.fixtures.api import new_key

SKIP = {"reason": "I know this person."}
MINE = "/v1/moderation/decisions/mine"
THREE_DAYS = timedelta(days=3)


@pytest.fixture
def proposed(trusted, person, desk):
    """A suspension for 60 days that waits for a second moderator: (author, post, decision)."""
    ann = trusted()
    post = ann.write().json
    body = {"target_type": "post", "target_id": post["id"], "reason": "insult"}
    person().api.post("/v1/community/reports", json=body, headers=new_key())
    mod = desk()
    return ann, post, mod.remove(mod.take(), action="suspend", days=60)


def test_a_case_that_every_lead_skipped_comes_round_again(person, desk):
    person().write()
    moderators, leads = [desk() for _ in range(3)], [desk("lead_moderator") for _ in range(2)]
    for each in (*moderators, *leads):
        assert each.on_case(each.take(), "skip", **SKIP).status_code == 204
    assert [each.next().status_code for each in moderators] == [204, 204, 204]
    first = leads[0].take()
    assert first["is_for_lead"] is True
    assert leads[1].next().status_code == 204
    assert leads[0].decide(first, "approve").status_code == 200


def test_what_a_lead_skipped_comes_after_everything_else(person, desk):
    lead = desk("lead_moderator")
    skipped = person().write().json["id"]
    lead.on_case(lead.take(), "skip", **SKIP)
    later = person().write(body="Something else to eat.").json["id"]
    assert [lead.take()["target_id"] for _ in range(2)] == [later, skipped]


def test_who_decided_never_gets_the_appeal_however_often_it_is_skipped(proposed, desk):
    ann, _, decision = proposed
    lead = desk("lead_moderator")
    assert lead.on_decision(decision, "confirm").status_code == 200
    count_at(NOW + timedelta(minutes=10))
    body = {"decision_id": decision["id"], "text": "Please look again."}
    ann.api.post("/v1/me/community/appeals", json=body, headers=new_key())
    for _ in range(3):
        other = desk()
        other.on_case(other.take("appeals"), "skip", **SKIP)
    assert lead.next("appeals").status_code == 204


def test_without_a_second_person_a_long_sanction_falls_and_is_asked_again(proposed, person, desk):
    ann, post, decision = proposed
    until = NOW + THREE_DAYS
    assert decision["confirm_until"] == until.isoformat().replace("+00:00", "Z")
    assert count_at(until - timedelta(seconds=1)) == {"decisions": 0, "unconfirmed": 0}
    with clock.fixed(until):
        late = desk().on_decision(decision, "confirm")
    assert (late.status_code, late.json["code"]) == (409, "decision-not-waiting")
    assert count_at(until) == {"decisions": 0, "unconfirmed": 1}
    assert count_at(until) == {"decisions": 0, "unconfirmed": 0}
    assert ann.api.get("/v1/me/community").json["statements"] == []
    assert post["id"] in person().feed()
    mod = desk()
    assert mod.api.get("/v1/moderation/decisions/waiting").json["items"] == []
    with clock.fixed(until):
        again = mod.take()
    assert (again["target_id"], again["reports"][0]["reason"]) == (post["id"], "insult")


def test_what_was_confirmed_in_time_does_not_fall(proposed, desk):
    _, _, decision = proposed
    with clock.fixed(NOW + THREE_DAYS - timedelta(minutes=1)):
        assert desk().on_decision(decision, "confirm").json["confirm_until"] is None
    assert count_at(NOW + THREE_DAYS)["unconfirmed"] == 0


def test_each_reads_her_own_decisions_newest_first(person, desk):
    mod, other = desk(), desk()
    for number in range(3):
        person().write(body=f"Soup number {number}.")
        with clock.fixed(NOW + timedelta(minutes=number)):
            mod.decide(mod.take(), "approve")
    first = mod.api.get(MINE, query_string={"limit": "2"}).json
    rest = mod.api.get(MINE, query_string={"cursor": first["next_cursor"]}).json
    items = [*first["items"], *rest["items"]]
    assert [each["decided_at"] for each in items] == sorted(
        (each["decided_at"] for each in items), reverse=True
    )
    assert (len(items), rest["next_cursor"]) == (3, None)
    assert {each["decided_by"] for each in items} == {str(mod.api.id)}
    assert other.api.get(MINE).json["items"] == []
    assert mod.on_decision(items[0], "undo", **UNDO).status_code == 200
    assert mod.api.get(MINE).json["items"][0]["standing"] == "undone"


def test_a_comment_is_read_with_its_post_and_what_stands_around_it(trusted, person, desk):
    ann, bea = trusted(), trusted()
    post = ann.write(title="Who knows a cheap soup?").json
    said = [bea.answer(post["id"], f"Answer number {number}.").json for number in range(9)]
    bea.api.delete(f"{POSTS}/{post['id']}/comments/{said[3]['id']}")
    body = {"target_type": "comment", "target_id": said[4]["id"], "reason": "insult"}
    person().api.post("/v1/community/reports", json=body, headers=new_key())
    case = desk().take()
    around = case["context"]
    assert around["post"]["title"] == "Who knows a cheap soup?"
    assert [each["body"][-2] for each in around["before"]] == ["0", "1", "2"]
    assert [each["body"][-2] for each in around["after"]] == ["5", "6", "7"]
    person().api.post(
        "/v1/community/reports",
        json={"target_type": "post", "target_id": post["id"], "reason": "spam"},
        headers=new_key(),
    )
    whole = desk().take()["context"]
    assert (whole["post"], len(whole["after"])) == (None, 3)
