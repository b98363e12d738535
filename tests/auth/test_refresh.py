"""A refresh token is good for one exchange; a repeat is forgiven for a moment, a reuse is not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from backend.auth import service as auth
from backend.auth.models import LoginSession, RefreshToken, TokenRevocation
from backend.auth.service import purge
from backend.kit import clock
from backend.kit.db import transaction
from backend.staff import service as staff_service
from backend.staff.models import StaffAccount, StaffRole
from backend.staff.rules import Role
from tests.clock import NOW
from tests.fixtures.api import Api, bearer
from tests.fixtures.keys import keys, ring

REFRESH = "/v1/auth/refresh"


def refresh(api: Api, token: str):
    return api.post(REFRESH, json={"refresh_token": token})


def grow_older(session, by: timedelta) -> None:
    """All sessions, and what they remember, as if that much time had passed."""
    for row in session.execute(select(LoginSession)).scalars():
        row.created_at -= by
        row.last_used_at -= by
        row.ends_at -= by
        row.rotations = [
            each | {"at": (datetime.fromisoformat(each["at"]) - by).isoformat()}
            for each in row.rotations
        ]
    session.commit()


def test_a_token_is_exchanged_for_its_successor(public_api, log_in, claims_of, answered):
    tokens = log_in()
    answer = refresh(public_api, tokens.refresh_token)
    assert answer.status_code == 200
    assert set(answer.json) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 900)
    assert answer.json["refresh_token"] != tokens.refresh_token
    me = public_api.get("/v1/me/sessions", headers=bearer(answer.json["access_token"]))
    assert [each["id"] for each in me.json["items"]] == [str(claims_of(tokens).session_id)]
    assert refresh(public_api, answer.json["refresh_token"]).status_code == 200
    assert answered(tokens) == 200


def test_a_repeat_within_seconds_is_given_the_same_answer(public_api, log_in, session):
    tokens = log_in()
    first = refresh(public_api, tokens.refresh_token)
    next_one = refresh(public_api, first.json["refresh_token"])
    assert refresh(public_api, tokens.refresh_token).data == first.data
    assert refresh(public_api, first.json["refresh_token"]).data == next_one.data
    grow_older(session, timedelta(seconds=29))
    again = refresh(public_api, tokens.refresh_token)
    assert again.json["refresh_token"] == first.json["refresh_token"]
    assert refresh(public_api, next_one.json["refresh_token"]).status_code == 200


def test_a_reuse_after_the_overlap_ends_the_session_for_everybody(
    public_api, log_in, session, answered
):
    """A thief who exchanged first, or who comes later: both are out, and so is she."""
    tokens = log_in()
    other = log_in()
    first = refresh(public_api, tokens.refresh_token).json
    grow_older(session, timedelta(seconds=31))
    reused = refresh(public_api, tokens.refresh_token)
    assert (reused.status_code, reused.json["code"]) == (401, "session-ended")
    for each in (tokens.refresh_token, first["refresh_token"]):
        assert refresh(public_api, each).status_code == 401
    assert (
        public_api.get("/v1/me/sessions", headers=bearer(first["access_token"])).status_code == 401
    )
    assert answered(tokens) == 401
    assert answered(other) == 200
    causes = session.execute(select(LoginSession.revoked_cause)).scalars().all()
    assert sorted(causes, key=str) == [None, "token_reused"]


def test_a_reuse_long_after_is_still_known(public_api, log_in, session):
    tokens = log_in()
    latest = refresh(public_api, tokens.refresh_token).json
    for _ in range(12):
        grow_older(session, timedelta(days=1))
        latest = refresh(public_api, latest["refresh_token"]).json
    assert refresh(public_api, tokens.refresh_token).status_code == 401
    assert refresh(public_api, latest["refresh_token"]).status_code == 401


@pytest.mark.parametrize(
    ("audience", "idle", "absolute"),
    [
        ("borrower", timedelta(days=30), timedelta(days=90)),
        ("staff", timedelta(hours=1), timedelta(hours=12)),
    ],
)
def test_a_session_ends_unused_and_in_any_case(
    audience, idle, absolute, public_api, log_in, session, staff_api
):
    subject = staff_api("auditor").id
    second = timedelta(seconds=1)

    def begin() -> str:
        return log_in(audience=audience, subject_id=subject, roles=["auditor"]).refresh_token

    unused = begin()
    grow_older(session, idle + second)
    assert refresh(public_api, unused).status_code == 401
    used = begin()
    rest = idle - second
    for _ in range(int(absolute / rest)):
        grow_older(session, rest)
        answer = refresh(public_api, used)
        assert answer.status_code == 200
        used = answer.json["refresh_token"]
    grow_older(session, absolute - rest * int(absolute / rest) + second)
    assert refresh(public_api, used).status_code == 401


@pytest.mark.parametrize("value", ["", "x", "a" * 64, "é" * 64, "=" * 64, "a" * 201, None, 7, []])
def test_what_is_no_token_of_ours_is_refused(value, public_api, log_in, session):
    log_in()
    answer = public_api.post(REFRESH, json={"refresh_token": value})
    assert answer.status_code in (401, 422)
    assert session.execute(select(LoginSession.revoked_at)).scalars().all() == [None]


def test_a_token_altered_in_one_character_ends_what_it_was_stolen_from(public_api, log_in):
    """Who knows the part by which a session is found held one of its tokens."""
    tokens = log_in()
    altered = tokens.refresh_token[:-1] + ("A" if tokens.refresh_token[-1] != "A" else "B")
    assert refresh(public_api, altered).status_code == 401
    assert refresh(public_api, tokens.refresh_token).status_code == 401


def test_staff_get_the_roles_that_they_have_by_now(public_api, log_in, session, claims_of):
    staff_id = staff_service.add_staff(
        session, email="o@goodfaith.test", roles=[Role.ADMIN, Role.AUDITOR], now=NOW
    )
    tokens = log_in(audience="staff", subject_id=staff_id, roles=["admin", "auditor"], amr=["pwd"])
    session.execute(text("DELETE FROM staff_role WHERE role = 'admin'"))
    answer = refresh(public_api, tokens.refresh_token).json
    jobs = ("/v1/jobs/parked-deliveries/retry", {"handler": "x", "seq": 1})

    def retry(token: str) -> int:
        return public_api.post(jobs[0], json=jobs[1], headers=bearer(token)).status_code

    assert retry(tokens.access_token) != 403
    assert retry(answer["access_token"]) == 403
    session.add(StaffRole(staff_id=staff_id, role="admin", granted_at=NOW))
    assert refresh(public_api, tokens.refresh_token).json == answer
    session.execute(update(StaffAccount).values(disabled_at=NOW))
    assert refresh(public_api, answer["refresh_token"]).status_code == 401
    assert retry(tokens.access_token) == 401


def test_nothing_stored_is_a_token(public_api, log_in, session):
    tokens = log_in()
    answer = refresh(public_api, tokens.refresh_token).json
    stored = ""
    for table in (LoginSession, RefreshToken, TokenRevocation):
        stored += str(session.execute(select(*table.__table__.columns)).all())
    for secret in (tokens.refresh_token, answer["refresh_token"], answer["access_token"]):
        assert secret not in stored


def test_a_repeat_after_the_lookup_key_is_gone_harms_nobody_else(public_api, log_in):
    tokens = log_in()
    first = refresh(public_api, tokens.refresh_token).json
    with keys(lookup=ring("another")):
        assert refresh(public_api, tokens.refresh_token).status_code == 401
        assert refresh(public_api, first["refresh_token"]).status_code == 200


def test_a_repeat_while_look_up_keys_rotate_is_given_the_same_answer(public_api, log_in):
    tokens = log_in()
    with keys(lookup=ring("old")):
        first = refresh(public_api, tokens.refresh_token).json
    with keys(lookup=ring("new", "old")):
        assert refresh(public_api, tokens.refresh_token).json == first
        second = refresh(public_api, first["refresh_token"]).json
        assert refresh(public_api, first["refresh_token"]).json == second
        assert refresh(public_api, second["refresh_token"]).status_code == 200


@pytest.mark.commits
def test_parallel_refreshes_of_one_token_get_one_answer(app: Flask, log_in, session):
    tokens = log_in()

    def one(_: int):
        answer = app.test_client().post(REFRESH, json={"refresh_token": tokens.refresh_token})
        return answer.status_code, answer.get_data()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(one, range(24)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 200


@pytest.mark.commits
def test_a_log_out_beside_a_refresh_wins(app: Flask, log_in, session):
    for _ in range(5):
        tokens = log_in()

        def leave(tokens=tokens):
            return app.test_client().post("/v1/auth/logout", headers=bearer(tokens.access_token))

        def renew(tokens=tokens):
            return app.test_client().post(REFRESH, json={"refresh_token": tokens.refresh_token})

        with ThreadPoolExecutor(2) as pool:
            left, renewed = pool.submit(leave), pool.submit(renew)
        assert left.result().status_code == 204
        if renewed.result().status_code == 200:
            given = renewed.result().json
            me = app.test_client().get("/v1/me/sessions", headers=bearer(given["access_token"]))
            assert me.status_code == 401
            again = app.test_client().post(REFRESH, json={"refresh_token": given["refresh_token"]})
            assert again.status_code == 401


def test_ended_sessions_are_forgotten_with_what_led_to_them(public_api, log_in, session):
    old = log_in().refresh_token
    grow_older(session, timedelta(days=31))
    young = log_in().refresh_token
    assert purge.purge_sessions(session, now=clock.wall()) == 1
    assert purge.purge_sessions(session, now=clock.wall()) == 0
    assert len(session.execute(select(RefreshToken)).all()) == 1
    assert [refresh(public_api, each).status_code for each in (old, young)] == [401, 200]


@pytest.mark.commits
def test_who_exchanges_second_waits_and_is_given_the_firsts_answer(process, log_in, session):
    tokens, now = log_in(), clock.wall()
    answers = []

    def exchange(own) -> auth.TokenAnswer | None:
        return auth.refresh(own, process.token_keys, refresh_token=tokens.refresh_token, now=now)

    def second() -> None:
        with transaction() as own:
            answers.append(exchange(own))

    other = threading.Thread(target=second)
    with transaction() as own:
        answers.append(exchange(own))
        other.start()
        other.join(timeout=0.3)
        assert len(answers) == 1
    other.join(timeout=5)
    assert answers[0] == answers[1]
    assert answers[0] is not None
