"""She sees where she is logged in, and ends what she likes."""

import pytest

from backend.auth.models import LoginSession
from backend.auth.routes import ENDED_BY_OWNER
from backend.kit.ids import new_id
from tests.auth.conftest import ME
from tests.fixtures.api import bearer

SESSIONS = "/v1/me/sessions"
LOGOUT = "/v1/auth/logout"


def test_her_sessions_are_listed_newest_first_and_this_one_is_marked(public_api, log_in, claims_of):
    her = new_id()
    first, second = (log_in(subject_id=her, label=label) for label in ("old phone", "tablet"))
    log_in(label="somebody else's")
    items = public_api.get(SESSIONS, headers=bearer(first.access_token)).json["items"]
    assert [(each["label"], each["current"]) for each in items] == [
        ("tablet", False),
        ("old phone", True),
    ]
    assert items[0]["id"] == str(claims_of(second).session_id)
    assert items[0]["created_at"] == items[0]["last_used_at"]
    first_page = public_api.get(f"{SESSIONS}?limit=1", headers=bearer(first.access_token)).json
    rest = public_api.get(
        SESSIONS,
        query_string={"cursor": first_page["next_cursor"]},
        headers=bearer(first.access_token),
    ).json
    assert [each["label"] for each in rest["items"]] == ["old phone"]


def test_she_logs_a_lost_phone_out(public_api, log_in, claims_of, answered):
    her = new_id()
    lost, here = log_in(subject_id=her), log_in(subject_id=her)
    path = f"{SESSIONS}/{claims_of(lost).session_id}"
    assert public_api.delete(path, headers=bearer(here.access_token)).status_code == 204
    assert [answered(lost), answered(here)] == [401, 200]
    refused = public_api.post("/v1/auth/refresh", json={"refresh_token": lost.refresh_token})
    assert refused.status_code == 401
    again = public_api.delete(path, headers=bearer(here.access_token))
    assert (again.status_code, again.json["code"]) == (404, "session-not-found")


def test_anothers_session_is_not_there(public_api, log_in, claims_of, answered):
    mine, hers = log_in(), log_in()
    path = f"{SESSIONS}/{claims_of(hers).session_id}"
    answer = public_api.delete(path, headers=bearer(mine.access_token))
    assert (answer.status_code, answer.json["code"]) == (404, "session-not-found")
    assert answered(hers) == 200


def test_she_logs_out_everywhere_else(public_api, log_in, answered):
    her = new_id()
    sessions = [log_in(subject_id=her) for _ in range(3)]
    stranger = log_in()
    assert public_api.delete(SESSIONS, headers=bearer(sessions[1].access_token)).status_code == 204
    assert [answered(each) for each in (*sessions, stranger)] == [401, 200, 401, 200]


@pytest.mark.parametrize("audience", ["borrower", "staff"])
def test_who_logs_out_is_out(audience, public_api, log_in, staff_api):
    path = ME if audience == "borrower" else "/v1/staff/actions"
    tokens = log_in(
        audience=audience, subject_id=staff_api("auditor").id, roles=["auditor"], amr=["pwd"]
    )
    token = bearer(tokens.access_token)
    assert public_api.get(path, headers=token).status_code == 200
    assert public_api.post(LOGOUT, headers=token).status_code == 204
    assert public_api.get(path, headers=token).status_code == 401
    assert public_api.post(LOGOUT, headers=token).status_code == 401
    refused = public_api.post("/v1/auth/refresh", json={"refresh_token": tokens.refresh_token})
    assert refused.status_code == 401


def test_a_token_without_a_session_is_given_up_by_itself(borrower_api, log_in, answered):
    me = borrower_api(new_id())
    session = log_in(subject_id=me.id)
    assert me.post(LOGOUT).status_code == 204
    assert me.get(ME).status_code == 401
    assert answered(session) == 200


def test_a_session_says_why_it_ended(public_api, log_in, claims_of, session):
    tokens = log_in()
    claims = claims_of(tokens)
    path = f"{SESSIONS}/{claims.session_id}"
    public_api.delete(path, headers=bearer(tokens.access_token))
    stored = session.get(LoginSession, (claims.subject_id, claims.session_id))
    assert stored.revoked_cause == ENDED_BY_OWNER
