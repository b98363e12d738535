"""A machine shows its secret and gets a token for what it may do."""

import base64
import statistics
import time
from datetime import timedelta
from uuid import UUID

import pytest

from backend.auth.client_models import ClientSecret
from backend.auth.client_rules import SECRET_PREFIX
from backend.auth.models import ApiClient
from backend.kit import clock
from backend.kit.ids import new_id
from tests.api.refusals import assert_refused
from tests.auth.clients.conftest import GRANT, refused_alike
from tests.fixtures.api import bearer


def test_a_client_gets_a_token_for_its_secret(make, ask, opens):
    made = make()
    assert made["client_secret"].startswith(SECRET_PREFIX)
    answer = ask(made)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    given = answer.json
    assert set(given) == {"access_token", "token_type", "expires_in", "scope"}
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 900)
    assert given["scope"] == "ingest.read ingest.write"
    assert opens(answer)


def test_the_secret_may_come_in_the_body_and_as_json(make, public_api):
    made = make()
    body = GRANT | {"client_id": made["client_id"], "client_secret": made["client_secret"]}
    assert public_api.post("/v1/auth/token", data=body).status_code == 200
    assert public_api.post("/v1/auth/token", json=body | {"more": [1]}).status_code == 200


def test_a_client_may_ask_for_less_and_not_for_more(make, ask, opens, public_api):
    made = make(scopes=["ingest.read"])
    less = ask(make("both"), scope="ingest.read")
    assert less.json["scope"] == "ingest.read"
    assert opens(less)
    payment = {"external_id": "x", "loan_external_id": "x", "amount_minor": 1}
    refused = public_api.post(
        "/v1/ingest/payments", json=payment, headers=bearer(less.json["access_token"])
    )
    assert_refused(refused, 403)
    for more in ("ingest.write", "ingest.read ingest.write", "admin", "INGEST.READ", "*"):
        problem = assert_refused(ask(made, scope=more), 400)
        assert (problem["code"], problem["error"]) == ("scope-refused", "invalid_scope")
        assert "ingest.read" in problem["detail"]
    assert ask(made, scope="").json["scope"] == "ingest.read"


def test_who_is_not_known_by_its_secret_is_refused_and_not_told_why(
    make, ask, public_api, session, desk
):
    made, other, ended = make(), make("other"), make("ended")
    without = new_id()
    session.add(
        ApiClient(id=without, name="without", scopes=["ingest.read"], created_at=clock.wall())
    )
    desk.post(f"/v1/clients/{ended['client_id']}/disable")
    secret = made["client_secret"]

    def with_header(words: str):
        return public_api.post("/v1/auth/token", data=GRANT, headers={"Authorization": words})

    refused_alike(
        ask(made, secret=other["client_secret"]),
        ask(made, secret=secret[:-1]),
        ask(made, secret=secret.upper()),
        ask(made, secret=f"{secret} "),
        ask(made, secret="x" * 2_000),
        ask(ended),
        ask({"client_id": new_id()}, secret=secret),
        ask({"client_id": without}, secret=secret),
        ask({"client_id": without}, secret="\x00"),  # noqa: S106
        ask({"client_id": "core-2"}, secret=secret),
        ask({"client_id": "' OR '1'='1"}, secret=secret),
        public_api.post("/v1/auth/token", data=GRANT),
        public_api.post("/v1/auth/token", data=GRANT | {"client_id": made["client_id"]}),
        with_header("Basic"),
        with_header("Basic !!!"),
        with_header(f"Bearer {secret}"),
        with_header(f"Digest username={made['client_id']}"),
        with_header("Basic " + base64.b64encode(b"\xff\xfe:\xff").decode()),
        with_header("Basic " + base64.b64encode(b"no colon").decode()),
    )


@pytest.mark.parametrize(
    ("form", "code", "error"),
    [
        ({"grant_type": "password"}, "grant-type-unsupported", "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "grant-type-unsupported", "unsupported_grant_type"),
        ({"grant_type": ""}, "oauth-request-invalid", "invalid_request"),
        ({"grant_type": ["client_credentials"] * 2}, "oauth-request-invalid", "invalid_request"),
        ({"client_secret": "twice"}, "oauth-request-invalid", "invalid_request"),
        ({"client_id": str(UUID(int=7))}, "oauth-request-invalid", "invalid_request"),
        ({"scope": "x" * 1_001}, "oauth-request-invalid", "invalid_request"),
    ],
)
def test_another_request_is_refused(make, ask, form, code, error):
    problem = assert_refused(ask(make(), **form), 400)
    assert (problem["code"], problem["error"]) == (code, error)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"grant_type": 1}', b'{"a":1,"a":2}']
)
def test_json_that_is_none_is_refused(public_api, body):
    headers = {"Content-Type": "application/json"}
    answer = public_api.post("/v1/auth/token", data=body, headers=headers)
    assert assert_refused(answer, 400)["error"] == "invalid_request"


def test_another_content_type_is_refused(public_api):
    answer = public_api.post("/v1/auth/token", data=b"x", headers={"Content-Type": "text/xml"})
    assert_refused(answer, 415)


def test_only_a_hash_of_the_secret_is_kept(make, session, desk):
    made = make()
    stored = session.query(ClientSecret).one()
    secret = made["client_secret"]
    assert secret.encode() not in stored.secret_hash
    shown = desk.get("/v1/clients").text + desk.get("/v1/staff/actions").text
    assert shown == shown.replace(secret, "").replace(stored.secret_hash.hex(), "")


def test_an_unknown_client_takes_as_long_as_a_wrong_secret(make, ask):
    made = make()

    def seconds(client_id: object) -> float:
        began = time.perf_counter()
        ask({"client_id": client_id}, secret="wrong")  # noqa: S106
        return time.perf_counter() - began

    known, unknown = [], []
    for _ in range(60):
        known.append(seconds(made["client_id"]))
        unknown.append(seconds(new_id()))
    apart = abs(statistics.median(known) - statistics.median(unknown))
    noise = statistics.quantiles(known, n=4)[2] - statistics.quantiles(known, n=4)[0]
    assert apart < max(noise, 0.001)


def test_a_use_is_noted_once_an_hour(make, ask, session):
    made = make()
    ask(made)
    noted = session.query(ClientSecret.used_at).scalar()
    ask(made)
    assert session.query(ClientSecret.used_at).scalar() == noted
    session.query(ClientSecret).update({"used_at": noted - timedelta(hours=1)})
    ask(made)
    assert session.query(ClientSecret.used_at).scalar() >= noted
