"""Machine clients as the desk makes them."""

import base64

import pytest

from tests.api.refusals import assert_refused
from tests.fixtures.api import Api, bearer

GRANT = {"grant_type": "client_credentials"}
OPENED = "/v1/ingest/benefit-grants"


def basic(client_id: object, secret: str) -> dict[str, str]:
    words = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {words}"}


@pytest.fixture
def desk(staff_api) -> Api:
    return staff_api("admin")


@pytest.fixture
def make(desk):
    """`make(scopes=...)`: a client as the desk makes one."""

    def make(name: str = "core-2", scopes=("ingest.read", "ingest.write")):
        answer = desk.post("/v1/clients", json={"name": name, "scopes": list(scopes)})
        assert answer.status_code == 201, answer.text
        return answer.json

    return make


@pytest.fixture
def ask(public_api):
    """`ask(made)` asks for a token with that secret."""

    def ask(made, secret=None, **form):
        return public_api.post(
            "/v1/auth/token",
            data=GRANT | form,
            headers=basic(made["client_id"], secret or made["client_secret"]),
        )

    return ask


@pytest.fixture
def opens(public_api):
    def opens(answer) -> bool:
        token = answer.json["access_token"]
        return public_api.get(OPENED, headers=bearer(token)).status_code == 200

    return opens


@pytest.fixture
def rotate(desk):
    def rotate(made, **body):
        answer = desk.post(f"/v1/clients/{made['client_id']}/rotate", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json

    return rotate


def refused_alike(*answers) -> None:
    problems = [assert_refused(answer, 401) | {"request_id": ""} for answer in answers]
    assert all(problem == problems[0] for problem in problems)
    assert (problems[0]["code"], problems[0]["error"]) == ("client-refused", "invalid_client")
    assert all(answer.headers["WWW-Authenticate"].startswith("Basic") for answer in answers)
