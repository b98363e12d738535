"""Comments, reactions, answers that helped, and the counts beside them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from community import wall
from community.writings import moves
from community.writings.audit import AUDITS
from tests.clock import NOW
from tests.community.conftest import POSTS, Person
from tests.factories.community import make_comment, make_post, make_trusted, publish, set_at
from tests.factories.loans import make_borrower
from tests.fixtures.api import Api, bearer, token_for


def counts(api, post_id):
    shown = api.get(f"{POSTS}/{post_id}").json
    return shown["comments"], shown["reactions"]


def test_comments_are_read_oldest_first_and_counted_once_they_are_seen(
    trusted, person, behind_the_wall
):
    ann, bea, new = trusted(), trusted(), person()
    post_id = ann.write().json["id"]
    seen = [bea.answer(post_id, f"Answer {n}").json["id"] for n in range(3)]
    held = new.answer(post_id)
    assert (held.status_code, held.json["state"]) == (201, "held")
    thread = f"{POSTS}/{post_id}/comments"
    first = ann.api.get(thread, query_string={"limit": 2}).json
    rest = ann.api.get(thread, query_string={"cursor": first["next_cursor"]}).json
    assert [each["id"] for each in first["items"] + rest["items"]] == seen
    assert counts(ann.api, post_id)[0] == 3
    assert new.api.get(thread).json["items"][-1]["id"] == held.json["id"]
    publish(behind_the_wall, "comment", held.json["id"])
    assert counts(ann.api, post_id)[0] == 4
    bea.api.delete(f"{thread}/{seen[0]}")
    moves.take_down(behind_the_wall, target_type="comment", target_id=seen[1], now=NOW)
    assert counts(ann.api, post_id)[0] == 2
    moves.restore(behind_the_wall, target_type="comment", target_id=seen[1], now=NOW)
    assert counts(ann.api, post_id)[0] == 3


def test_a_comment_is_edited_by_its_author_in_its_own_thread(trusted):
    ann, bea = trusted(), trusted()
    one, two = ann.write().json["id"], ann.write().json["id"]
    comment = bea.answer(one)
    tag = {"If-Match": comment.headers["ETag"]}
    body = {"body": "That helped me a lot."}
    for api, post_id in ((ann.api, one), (bea.api, two)):
        path = f"{POSTS}/{post_id}/comments/{comment.json['id']}"
        assert api.patch(path, json=body, headers=tag).status_code == 404
        assert api.delete(path).status_code == 404
    path = f"{POSTS}/{one}/comments/{comment.json['id']}"
    edited = bea.api.patch(path, json=body, headers=tag)
    assert (edited.status_code, edited.json["body"]) == (200, body["body"])
    assert counts(ann.api, one)[0] == 1
    assert ann.api.get(f"{POSTS}/{comment.json['id']}").status_code == 404  # it is no post


def test_a_reaction_is_given_once_and_taken_back_once(trusted, person):
    ann, bea, cam = trusted(), person(), person()
    post_id = ann.write().json["id"]
    path = f"{POSTS}/{post_id}/reactions"
    for _ in range(2):
        assert bea.api.put(f"{path}/helpful").status_code == 204
    bea.api.put(f"{path}/hug")
    cam.api.put(f"{path}/helpful")
    assert counts(ann.api, post_id)[1] == {"helpful": 2, "thanks": 0, "hug": 1}
    assert bea.api.get(f"{POSTS}/{post_id}").json["your_reactions"] == ["helpful", "hug"]
    for _ in range(2):
        assert bea.api.delete(f"{path}/helpful").status_code == 204
    assert counts(ann.api, post_id)[1]["helpful"] == 1
    assert bea.api.put(f"{path}/angry").json["code"] == "reaction-unknown"
    assert ann.api.put(f"{path}/helpful").json["code"] == "own-writing"


def test_a_threads_author_says_what_helped(trusted, behind_the_wall):
    ann, bea, cam = trusted(), trusted(), trusted()
    post_id, other = ann.write().json["id"], ann.write().json["id"]
    answer, own = bea.answer(post_id).json["id"], ann.answer(post_id).json["id"]
    elsewhere = bea.answer(other).json["id"]
    path = f"{POSTS}/{post_id}/answer"
    assert cam.api.put(path, json={"comment_id": answer}).json["code"] == "not-your-thread"
    for wrong in (own, elsewhere):
        assert ann.api.put(path, json={"comment_id": wrong}).json["code"] == "no-answer"
    for _ in range(2):
        assert ann.api.put(path, json={"comment_id": answer}).status_code == 204
    assert cam.api.get(f"{POSTS}/{post_id}").json["answer_id"] == answer
    moves.take_down(behind_the_wall, target_type="comment", target_id=answer, now=NOW)
    assert cam.api.get(f"{POSTS}/{post_id}").json["answer_id"] is None
    assert ann.api.put(path, json={"comment_id": answer}).json["code"] == "no-answer"
    assert ann.api.delete(path).status_code == 204


def test_nobody_answers_what_is_not_seen_nor_reads_what_was_answered(trusted, behind_the_wall):
    ann, bea, cam = trusted(), trusted(), trusted()
    post_id = ann.write().json["id"]
    comment = bea.answer(post_id).json["id"]
    moves.take_down(behind_the_wall, target_type="post", target_id=post_id, now=NOW)
    assert bea.answer(post_id).json["code"] == "post-unknown"
    assert ann.answer(post_id).json["code"] == "post-unknown"
    assert cam.api.get(f"{POSTS}/{post_id}/comments/{comment}").status_code == 404
    assert cam.api.put(f"/v1/community/comments/{comment}/reactions/hug").status_code == 404


def test_the_audit_recounts(session, behind_the_wall):
    [audit] = AUDITS
    ann, bea = make_borrower(session), make_borrower(session)
    post_id = make_post(behind_the_wall, ann)
    make_comment(behind_the_wall, bea, post_id=post_id)
    assert list(audit.run(session)) == []
    set_at(behind_the_wall, post_id, comments=2, hug=1)
    assert [line.split(": ")[1] for line in audit.run(session)] == [
        "says 2 comments, has 1; says 0 0 1 reactions, has 0 0 0"
    ]


@pytest.mark.commits
def test_counts_are_right_when_everybody_reacts_and_answers_at_once(app, session, settings):
    with wall.transaction() as behind:
        people = [make_borrower(session) for _ in range(9)]
        session.commit()
        for each in people:
            make_trusted(behind, each)
        post_id = make_post(behind, people[0], title="One post for all of them")

    def act(number: int) -> None:
        who = people[1 + number % 8]
        headers = bearer(token_for(settings, audience="borrower", subject_id=who))
        api = Person(who, Api(client=app.test_client(), session=session, headers=headers))
        path = f"{POSTS}/{post_id}"
        client = app.test_client()
        for method, kind in (("PUT", "helpful"), ("PUT", "hug"), ("DELETE", "hug")):
            answer = client.open(f"{path}/reactions/{kind}", method=method, headers=headers)
            assert answer.status_code == 204
        key = {"Idempotency-Key": f"{number}-{api.id}"}
        body = {"body": f"Number {number}"}
        answer = client.post(f"{path}/comments", json=body, headers=headers | key)
        assert answer.status_code == 201, answer.text

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(16)))
    with wall.reading() as behind:
        found = behind.execute(
            text("SELECT helpful, hug, comments FROM community.writing WHERE id = :id"),
            {"id": post_id},
        ).one()
    assert tuple(found) == (8, 0, 16)
    [audit] = AUDITS
    assert list(audit.run(session)) == []


@pytest.mark.commits
def test_three_texts_at_once_are_not_all_her_first(app, session, settings):
    """Trust is counted under a lock, and so is how much one writes."""
    ann = make_borrower(session)
    session.commit()
    headers = bearer(token_for(settings, audience="borrower", subject_id=ann))

    def write(number: int) -> int:
        body = {"title": f"T{number}", "body": "Words.", "topic": "budget"}
        key = {"Idempotency-Key": f"write-{number}"}
        return app.test_client().post(POSTS, json=body, headers=headers | key).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(write, range(8)))
    assert statuses == [201] * 5 + [429] * 3
    with wall.reading() as behind:
        count = text("SELECT count(*) FROM community.member")
        assert behind.execute(count).scalar_one() == 1
