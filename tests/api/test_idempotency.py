"""Repeats at the product's own doors: one effect, one answer, whoever asks at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from backend.kit.idempotency import IdempotentAnswer
from backend.programme.models import EnrolmentChange
from backend.tiers.models import TierReview
from tests.api.conftest import World, make_world
from tests.fixtures.api import new_key

CALLS_AT_ONCE = 50
REVIEWS = "/v1/me/tier/reviews"
BODY = {"reason": "Please look."}
ENROLLED = {"status": "enrolled", "reason": "She asked for it."}
WHY = {"X-Access-Purpose": "risk_review"}


def enrolment(borrower_id):
    return f"/v1/staff/borrowers/{borrower_id}/enrolment"


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def at_once(api, path, body, headers, *, calls=CALLS_AT_ONCE):
    """The same request, by so many threads that begin together."""
    together = threading.Barrier(calls)

    def tap(_):
        client = api.client.application.test_client()
        together.wait()
        return client.post(path, json=body, headers=api.headers | headers)

    with ThreadPoolExecutor(calls) as pool:
        return list(pool.map(tap, range(calls)))


@pytest.fixture
def committed_world(client_api, session, deliver, own_database) -> World:
    world = make_world(client_api, session, deliver)
    session.commit()
    return world


@pytest.mark.commits
def test_fifty_taps_of_a_borrower_are_one_review(committed_world, borrower_api, session):
    me, key = borrower_api(committed_world.ann.id), new_key()
    answers = at_once(me, REVIEWS, BODY, key)
    made = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert len(made) + len(waiting) == CALLS_AT_ONCE
    assert {answer.json["code"] for answer in waiting} <= {"request-in-progress"}
    assert len({answer.data for answer in made}) == 1
    assert count(session, TierReview) == 1
    later = me.post(REVIEWS, json=BODY, headers=key)
    assert (later.status_code, later.data) == (201, made[0].data)
    assert later.headers["Idempotency-Replayed"] == "true"


@pytest.mark.commits
def test_fifty_taps_of_staff_are_one_step(committed_world, staff_api, session):
    officer, key = staff_api("risk_officer"), new_key()
    session.commit()
    path = enrolment(committed_world.ann.id)
    answers = at_once(officer, path, ENROLLED, key | WHY)
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = {answer.data for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    codes = {answer.json["code"] for answer in answers if answer.status_code == 409}
    assert codes <= {"request-in-progress"}
    assert count(session, EnrolmentChange) == 1


def test_another_body_is_another_request(world, borrower_api, session):
    me, key = borrower_api(world.ann.id), new_key()
    first = me.post(REVIEWS, json=BODY, headers=key)
    other = me.post(REVIEWS, json={"reason": "Another."}, headers=key)
    assert first.status_code == 201
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    assert count(session, TierReview) == 1


def test_anothers_key_is_another_key(world, borrower_api, session):
    key = new_key()
    made = [
        borrower_api(who.id).post(REVIEWS, json=BODY, headers=key) for who in vars(world).values()
    ]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json["id"] != made[1].json["id"]
    assert count(session, TierReview) == 2


def test_the_key_of_another_address_is_another_key(world, staff_api, session):
    officer, key = staff_api("risk_officer"), new_key()
    for who in (world.ann, world.bea):
        made = officer.post(enrolment(who.id), json=ENROLLED, headers=key | WHY)
        assert made.status_code == 201
        assert "Idempotency-Replayed" not in made.headers
    assert count(session, EnrolmentChange) == 2


def test_a_stored_refusal_is_replayed_byte_for_byte(world, staff_api, session):
    first, second = staff_api("risk_officer"), staff_api("risk_officer")
    path = f"/v1/staff/borrowers/{world.ann.id}/tier-override"
    body = {"tier": "fine", "reason": "Bank error.", "expires_on": "2026-12-01"}
    asked = first.post(path, json=body, headers=new_key() | WHY)
    key = new_key()
    refused = first.post(f"{path}/{asked.json['id']}/confirm", headers=key | WHY)
    assert (refused.status_code, refused.json["code"]) == (403, "second-person-needed")
    done = second.post(f"{path}/{asked.json['id']}/confirm", headers=new_key() | WHY)
    assert done.status_code == 200
    again = first.post(f"{path}/{asked.json['id']}/confirm", headers=key | WHY)
    assert (again.status_code, again.data) == (403, refused.data)
    assert again.content_type == refused.content_type


def test_what_tells_of_the_moment_is_not_stored(world, staff_api, session):
    officer, key = staff_api("risk_officer"), new_key()
    path = enrolment(world.ann.id)
    curious = key | {"X-Access-Purpose": "curiosity"}
    assert officer.post(path, json=ENROLLED, headers=curious).status_code == 422
    assert officer.post(path, json={"status": "x"}, headers=key | WHY).status_code == 422
    gone = officer.post(path, json=ENROLLED | {"status": "paused"}, headers=key | WHY)
    assert (gone.status_code, gone.json["code"]) == (409, "enrolment-move-refused")
    assert count(session, IdempotentAnswer) == 0
    assert officer.post(path, json=ENROLLED, headers=key | WHY).status_code == 201


def test_nothing_that_was_answered_can_be_read_in_the_database(world, borrower_api, session):
    me = borrower_api(world.ann.id)
    made = me.post(REVIEWS, json={"reason": "A private reason."}, headers=new_key())
    stored = session.execute(select(IdempotentAnswer.__table__)).one()
    held = repr(tuple(stored))
    assert made.json["id"] not in held
    assert "private" not in held
    assert "private" in made.text
