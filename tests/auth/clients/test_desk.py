"""Secrets change without a pause, and a client can be ended."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import jwt
import pytest

from backend.auth import revocations
from backend.auth import service as auth
from backend.auth.client_models import ClientSecret
from backend.auth.oauth_errors import ClientDisabled
from backend.kit import clock
from backend.kit.ids import new_id
from tests.api.refusals import assert_refused
from tests.auth.clients.conftest import GRANT, OPENED, basic, refused_alike
from tests.fixtures.api import bearer


def test_the_old_secret_opens_for_a_day_after_a_rotation(make, ask, rotate, session):
    made = make()
    assert ask(made).status_code == 200
    new = rotate(made)
    ends_at = session.query(ClientSecret.expires_at).filter_by(place="previous").scalar()
    assert abs(ends_at - clock.wall() - timedelta(hours=24)) < timedelta(minutes=1)
    assert new["previous_ends_at"] is not None
    assert ask(made).status_code == ask(made, secret=new["client_secret"]).status_code == 200
    session.query(ClientSecret).filter_by(place="previous").update({"expires_at": clock.wall()})
    refused_alike(ask(made))
    assert ask(made, secret=new["client_secret"]).status_code == 200


def test_there_are_never_more_than_two_secrets(make, ask, rotate, session):
    made = make()
    secrets = [made["client_secret"]]
    for _ in range(3):
        assert ask(made, secret=secrets[-1]).status_code == 200
        secrets.append(rotate(made)["client_secret"])
        assert session.query(ClientSecret).count() == 2
    statuses = [ask(made, secret=secret).status_code for secret in secrets]
    assert statuses == [401, 401, 200, 200]


def test_a_second_rotation_after_a_lost_answer_does_not_lock_the_machine_out(make, ask, rotate):
    made = make()
    assert ask(made).status_code == 200
    lost = rotate(made)
    new = rotate(made)
    assert ask(made).status_code == 200
    refused_alike(ask(made, secret=lost["client_secret"]))
    assert ask(made, secret=new["client_secret"]).status_code == 200


def test_a_leaked_secret_and_its_tokens_end_at_once(make, ask, rotate, opens):
    made = make()
    stolen = ask(made)
    assert opens(stolen)
    time.sleep(0.002)  # `iat` counts milliseconds
    new = rotate(made, overlap_hours=0)
    assert new["previous_ends_at"] is None
    assert not opens(stolen)
    refused_alike(ask(made))
    assert opens(ask(made, secret=new["client_secret"]))


def test_a_disabled_client_is_out_at_once_and_for_good(make, ask, opens, desk, session):
    made = make()
    token = ask(made)
    assert opens(token)
    path = f"/v1/clients/{made['client_id']}"
    first = desk.post(f"{path}/disable").json
    assert not opens(token)
    refused_alike(ask(made))
    assert first["disabled_at"] is not None
    assert first["secrets"] == []
    assert desk.post(f"{path}/disable").json == first
    problem = assert_refused(desk.post(f"{path}/rotate", json={}), 409)
    assert problem["code"] == "client-disabled"
    taken = desk.post("/v1/clients", json={"name": "core-2", "scopes": ["ingest.read"]})
    assert assert_refused(taken, 409)["code"] == "client-name-taken"


@pytest.mark.commits
def test_another_process_refuses_a_disabled_client_s_token_within_a_second(
    make, ask, opens, desk, session
):
    session.commit()
    made = make()
    token = ask(made)
    assert opens(token)
    # As a process that did not disable it: its copy is asked for news by the clock alone.
    elsewhere = revocations.Copy()
    claims = jwt.decode(token.json["access_token"], options={"verify_signature": False})
    ids, issued_at = [UUID(claims["sub"])], clock.wall()
    assert not elsewhere.is_revoked(ids, issued_at=issued_at)
    desk.post(f"/v1/clients/{made['client_id']}/disable")
    time.sleep(revocations.POLL_SECONDS)
    assert elsewhere.is_revoked(ids, issued_at=issued_at)


@pytest.mark.commits
def test_no_token_slips_out_while_a_client_is_disabled(make, desk, session, app, public_api):
    """Machines ask as fast as they can; whatever they were given opens nothing afterwards."""
    session.commit()
    made = make()
    headers = basic(made["client_id"], made["client_secret"])
    given: list[str] = []
    stop = threading.Event()

    def machine() -> None:
        api = app.test_client()
        while not stop.is_set():
            answer = api.post("/v1/auth/token", data=GRANT, headers=headers)
            if answer.status_code == 200:
                given.append(answer.json["access_token"])

    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(machine)
        while len(given) < 20:
            time.sleep(0.01)
        assert desk.post(f"/v1/clients/{made['client_id']}/disable").status_code == 200
        stop.set()
    answers = {public_api.get(OPENED, headers=bearer(token)).status_code for token in given}
    assert answers == {401}


@pytest.mark.commits
def test_rotations_at_once_leave_two_secrets_and_the_one_in_use(make, ask, session, app, desk):
    session.commit()
    made = make()
    assert ask(made).status_code == 200
    path = f"/v1/clients/{made['client_id']}/rotate"

    def one(_: int) -> dict:
        answer = app.test_client().post(path, json={}, headers=desk.headers)
        return {"status": answer.status_code, **answer.json}

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))
    assert {answer["status"] for answer in answers} == {200}
    assert ask(made).status_code == 200
    opening = [a for a in answers if ask(made, secret=a["client_secret"]).status_code == 200]
    assert len(opening) == 1


def test_each_act_at_the_desk_is_on_the_trail_without_the_secret(make, rotate, desk):
    made = make()
    rotate(made)
    desk.post(f"/v1/clients/{made['client_id']}/disable")
    items = desk.get("/v1/staff/actions").json["items"]
    own = [item for item in items if item["subject"] == f"client:{made['client_id']}"]
    assert [item["action"] for item in own] == ["client.disable", "client.rotate", "client.add"]
    assert {item["staff_id"] for item in own} == {str(desk.id)}


def test_the_desk_lists_clients_a_page_at_a_time(make, ask, rotate, desk):
    ask(make("b"))
    rotate(make("a"))
    make("c")
    first = desk.get("/v1/clients", query_string={"limit": 2}).json
    rest = desk.get("/v1/clients", query_string={"cursor": first["next_cursor"]}).json
    assert [item["name"] for item in first["items"] + rest["items"]] == ["a", "b", "c"]
    secrets = first["items"][1]["secrets"]
    assert [secret["place"] for secret in secrets] == ["current"]
    assert secrets[0]["used_at"] is not None


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a b", "scopes": ["ingest.read"]},
        {"name": "核心", "scopes": ["ingest.read"]},
        {"name": "", "scopes": ["ingest.read"]},
        {"name": "x" * 101, "scopes": ["ingest.read"]},
        {"name": "ok", "scopes": []},
        {"name": "ok", "scopes": ["staff.read"]},
        {"name": "ok"},
    ],
)
def test_a_client_that_could_not_be_used_is_not_made(desk, body):
    assert_refused(desk.post("/v1/clients", json=body), 422)


@pytest.mark.parametrize("hours", [-1, 169, 1.5, "24", None])
def test_an_overlap_has_bounds(make, desk, hours):
    path = f"/v1/clients/{make()['client_id']}/rotate"
    assert_refused(desk.post(path, json={"overlap_hours": hours}), 422)


def test_a_client_that_is_not_there_is_neither_rotated_nor_disabled(desk):
    for act in ("rotate", "disable"):
        answer = desk.post(f"/v1/clients/{new_id()}/{act}", json={})
        assert assert_refused(answer, 404)["code"] == "client-unknown"


@pytest.mark.parametrize(("role", "status"), [("auditor", 200), ("risk_officer", 403)])
def test_only_admins_change_clients(staff_api, role, status):
    api = staff_api(role)
    assert api.get("/v1/clients").status_code == status
    body = {"name": "mine", "scopes": ["ingest.read"]}
    assert_refused(api.post("/v1/clients", json=body), 403)


def test_the_demo_s_client_has_no_secret_and_a_disabled_one_gets_no_token(session):
    made = auth.put_client(session, name="core", now=clock.wall())
    assert auth.put_client(session, name="core", now=clock.wall()).id == made.id
    assert session.query(ClientSecret).count() == 0
    client = auth.get_client_for_update(session, name="core")
    auth.disable_client(session, client=client, staff_id=None, now=clock.wall())
    with pytest.raises(ClientDisabled):
        auth.put_client(session, name="core", now=clock.wall())
