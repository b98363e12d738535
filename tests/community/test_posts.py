"""Threads: the ladder that leads to them, who sees what, and what their authors may do."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.kit import clock
from backend.kit.ids import new_id
from community.writings import moves
from community.writings.rules import Reason
from tests.clock import NOW
from tests.community.conftest import PLAIN, POSTS
from tests.factories.community import make_post, publish, set_at
from tests.factories.procedures import procedure_of
from tests.fixtures.api import new_key

_END = text(
    "UPDATE procedure SET state = 'terminated', terminated_at = opened_at,"
    " decided_by = (SELECT id FROM staff_account WHERE id <> opened_by LIMIT 1)"
    " WHERE borrower_id = :who"
)
STORY = (
    "I was afraid to open the letters for months. Then I called, said what I can pay, and we"
    " found a plan that I have kept for a year now. You are not alone in this."
)


def reasons(answer):
    return [each["code"] for each in answer.json["reasons"]]


def test_the_first_three_wait_for_a_person_and_the_fourth_is_seen_at_once(
    person, behind_the_wall, session
):
    ann = person()
    for number in range(3):
        answer = ann.write(title=f"Day {number}", body=f"I planted {number} seeds today.")
        assert (answer.status_code, answer.json["state"]) == (201, "held")
        assert reasons(answer) == ["new_member"]
        publish(behind_the_wall, "post", answer.json["id"])
    assert ann.write().json["state"] == "published"


def test_waiting_long_earns_no_trust_and_what_was_taken_down_takes_it(
    trusted, person, behind_the_wall
):
    ann, bea = trusted(), person()
    for number in range(4):
        bea.write(title=f"Day {number}", body=f"I planted {number} seeds today.")
    assert bea.write(title="Another").json["state"] == "held"
    first = ann.write(title="Good")
    with clock.fixed(NOW + timedelta(hours=1)):
        later = clock.now()
        target = {"target_type": "post", "target_id": first.json["id"]}
        moves.take_down(behind_the_wall, **target, now=later)
        assert ann.write(title="Next").json["state"] == "held"
        moves.restore(behind_the_wall, **target, now=later)
        assert ann.write(title="And next").json["state"] == "published"


def test_one_whose_programme_ended_is_read_by_a_person_first(trusted, session):
    ann = trusted()
    assert ann.write().json["state"] == "published"
    procedure_of(session, ann.id)
    assert ann.write(title="Again").json["state"] == "published"
    session.execute(_END, {"who": ann.id})
    answer = ann.write(title="Once more")
    assert (answer.json["state"], reasons(answer)) == ("held", ["new_member"])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Look at www.example.com/plan for it.", Reason.CONTACT),
        ("专业代理维权，帮您停息挂账，先付费后办理，联系我们", Reason.BANNED),
    ],
)
def test_what_rules_suspect_waits_whoever_wrote_it(trusted, body, reason):
    answer = trusted().write(body=body)
    assert (answer.status_code, answer.json["state"]) == (201, "held")
    assert reason in reasons(answer)


def test_personal_data_is_refused_with_its_place_and_nothing_is_stored(trusted):
    ann = trusted()
    before = ann.feed(feed="own")
    answer = ann.write(title="Me", body="Call me: 138 0013 8000 tonight.")
    assert (answer.status_code, answer.json["code"]) == (422, "personal-data-found")
    [found] = answer.json["findings"]
    assert (found["kind"], found["certainty"]) == ("phone", "certain")
    whole = "Me\nCall me: 138 0013 8000 tonight."
    assert whole[found["start"] : found["end"]] == "138 0013 8000"
    assert answer.json["errors"][0]["pointer"] == "#/body"
    assert ann.feed(feed="own") == before
    thread = ann.write().json["id"]
    comment = ann.answer(thread, "Mine is 138 0013 8000.")
    [found] = comment.json["findings"]
    assert "Mine is 138 0013 8000."[found["start"] : found["end"]] == "138 0013 8000"


def test_words_of_despair_bring_help_at_once_and_are_never_punished(trusted):
    ann = trusted()
    answer = ann.write(body="我不想活了，太累了")
    assert (answer.status_code, answer.json["state"]) == (201, "published")
    assert answer.json["help"]["lines"][0]["reach"] == "12356"
    comment = ann.answer(answer.json["id"], "我真的不想活了")
    assert comment.json["help"]["text"]
    path = f"{POSTS}/{answer.json['id']}"
    edited = ann.api.patch(path, json={"body": "Better today."}, headers={"If-Match": '"1"'})
    assert edited.json["help"] is None
    assert "help" not in ann.api.get(path).json


def test_the_same_words_from_another_account_wait(trusted):
    ann, bea = trusted(), trusted()
    assert ann.write(body=STORY).json["state"] == "published"
    assert ann.write(body=STORY).json["state"] == "published"  # her own words again
    answer = bea.write(body=STORY.replace("year", "YEAR  "))
    assert (answer.json["state"], reasons(answer)) == ("held", ["look_alike"])


def test_a_flood_is_told_to_wait(person):
    ann = person()
    for number in range(5):
        assert ann.write(title=f"Day {number}").status_code == 201
    answer = ann.write()
    assert (answer.status_code, answer.json["code"]) == (429, "writing-too-fast")
    assert 3_500 < int(answer.headers["Retry-After"]) <= 3_601
    with clock.fixed(NOW + timedelta(hours=1, seconds=1)):
        assert ann.write().status_code == 201


def test_held_and_removed_are_shown_to_their_author_alone(person, trusted, behind_the_wall):
    ann, bea = person(), trusted()
    held = ann.write().json["id"]
    removed = bea.write().json["id"]
    moves.take_down(behind_the_wall, target_type="post", target_id=removed, now=NOW)
    for post_id, owner, other, state in (
        (held, ann, bea, "held"),
        (removed, bea, ann, "removed"),
    ):
        own = owner.api.get(f"{POSTS}/{post_id}")
        assert (own.status_code, own.json["state"]) == (200, state)
        assert own.json["reasons"][0]["text"]
        assert post_id in owner.feed(feed="own")
        for path in ("", "/history", "/comments"):
            assert other.api.get(f"{POSTS}/{post_id}{path}").status_code == 404
        assert other.api.put(f"{POSTS}/{post_id}/reactions/hug").status_code == 404
        assert other.answer(post_id).status_code == 404
        assert post_id not in ann.feed() + bea.feed()


def test_an_edit_keeps_what_was_said_and_needs_the_version_that_was_read(trusted):
    ann, bea = trusted(), trusted()
    post = ann.write()
    path = f"{POSTS}/{post.json['id']}"
    read = ann.api.get(path).headers["ETag"]
    assert read == post.headers["ETag"] == '"1"'
    assert ann.api.patch(path, json={"title": "Stew"}).status_code == 428
    edited = ann.api.patch(path, json={"title": "Stew"}, headers={"If-Match": read})
    assert (edited.status_code, edited.json["title"], edited.json["version"]) == (200, "Stew", 2)
    assert edited.json["body"] == PLAIN["body"]
    assert edited.headers["ETag"] == '"2"'
    stale = ann.api.patch(path, json={"title": "Broth"}, headers={"If-Match": read})
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    assert bea.api.patch(path, json={"title": "B"}, headers={"If-Match": '"2"'}).status_code == 404
    [earlier] = ann.api.get(f"{path}/history").json["items"]
    assert (earlier["version"], earlier["title"]) == (1, PLAIN["title"])
    assert bea.api.get(f"{path}/history").status_code == 404


def test_an_edit_climbs_the_ladder_again(person, trusted, behind_the_wall):
    """Nobody has a harmless text approved and then puts another in its place."""
    ann, new = trusted(), person()
    seller = {"body": "专业代理维权，帮您停息挂账，先付费后办理，联系我们"}
    post = ann.write().json["id"]
    edited = ann.api.patch(f"{POSTS}/{post}", json=seller, headers={"If-Match": '"1"'})
    assert edited.json["state"] == "held"
    first = new.write().json["id"]
    publish(behind_the_wall, "post", first)
    edited = new.api.patch(f"{POSTS}/{first}", json={"body": "Ok."}, headers={"If-Match": '"1"'})
    assert (edited.json["state"], reasons(edited)) == ("held", ["new_member"])


def test_what_was_taken_down_is_not_edited_and_what_is_deleted_is_gone(trusted, behind_the_wall):
    ann, bea = trusted(), trusted()
    one, two = ann.write().json["id"], ann.write().json["id"]
    moves.take_down(behind_the_wall, target_type="post", target_id=one, now=NOW)
    answer = ann.api.patch(f"{POSTS}/{one}", json={"body": "B."}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json["code"]) == (409, "writing-not-editable")
    assert bea.api.delete(f"{POSTS}/{two}").status_code == 404
    assert ann.api.delete(f"{POSTS}/{two}").status_code == 204
    for api in (ann.api, bea.api):
        assert api.get(f"{POSTS}/{two}").status_code == 404
    assert ann.api.delete(f"{POSTS}/{two}").status_code == 404
    assert two not in ann.feed(feed="own") + bea.feed()


def test_a_repeat_with_the_same_key_is_one_post(trusted):
    ann = trusted()
    key = new_key()
    answers = [ann.api.post(POSTS, json=PLAIN, headers=key) for _ in range(2)]
    assert answers[0].data == answers[1].data
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert ann.feed(feed="own").count(answers[0].json["id"]) == 1


def test_one_who_is_unknown_to_the_lender_reads_and_does_not_write(borrower_api):
    stranger = borrower_api(new_id())
    assert stranger.get(POSTS).json["items"] == []
    assert stranger.post(POSTS, json=PLAIN, headers=new_key()).status_code == 404


def test_words_come_in_the_readers_language(person):
    ann = person(locale="zh-CN")
    answer = ann.write()
    assert "欢迎" in answer.json["reasons"][0]["text"]
    assert "的" in answer.json["author"]["name"]
    english = ann.api.get(f"{POSTS}/{answer.json['id']}", headers={"Accept-Language": "en"})
    assert english.json["reasons"][0]["text"].startswith("Welcome!")


def test_a_post_says_nothing_of_its_authors_loan(trusted, behind_the_wall):
    ann, bea = trusted(), trusted()
    post_id = make_post(behind_the_wall, ann.id)
    set_at(behind_the_wall, post_id, helpful=2)
    shown = bea.api.get(f"{POSTS}/{post_id}")
    assert str(ann.id) not in shown.text
    assert set(shown.json["author"]) == {"handle", "name", "is_you"}
