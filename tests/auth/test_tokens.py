"""Only what we signed, for this audience and this hour, opens a door."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.app import Process
from backend.auth import service
from backend.kit import clock
from backend.kit.ids import new_id
from tests.fixtures.api import Api, bearer

STAFF_ROUTE = "/v1/jobs"


def token(process: Process, **changes: Any) -> str:
    claims: dict[str, Any] = {
        "audience": "staff",
        "subject_id": new_id(),
        "life": timedelta(minutes=5),
        "now": clock.wall(),
        "roles": ["admin"],
    } | changes
    return service.issue_token(process.token_keys, **claims)


def status(api: Api, value: str) -> int:
    return api.get(STAFF_ROUTE, headers=bearer(value)).status_code


def test_a_good_token_opens_and_none_does_not(process: Process, public_api: Api) -> None:
    assert status(public_api, token(process)) == 200
    refused = public_api.get(STAFF_ROUTE)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_old_token_is_refused(process: Process, public_api: Api) -> None:
    old = token(process, now=clock.wall() - timedelta(minutes=6))
    assert status(public_api, old) == 401


@pytest.mark.parametrize("audience", ["borrower", "client"])
def test_another_audience_is_refused_whatever_it_claims(
    process: Process, public_api: Api, audience: str
) -> None:
    swapped = token(process, audience=audience, scopes=["jobs.read"])
    assert status(public_api, swapped) == 403


def test_a_role_without_the_permission_is_refused(process: Process, public_api: Api) -> None:
    assert status(public_api, token(process, roles=["marketer"])) == 403
    assert status(public_api, token(process, roles=["no_such_role"])) == 403


def forged(process: Process) -> dict[str, Callable[[], str]]:
    good = jwt.decode(token(process), options={"verify_signature": False})
    kid = process.token_keys.signing_id
    other = Ed25519PrivateKey.generate()
    own = process.token_keys.signing

    def part(value: str) -> str:
        return base64.urlsafe_b64encode(value.encode()).rstrip(b"=").decode()

    body = token(process).split(".")[1]
    return {
        "another key": lambda: jwt.encode(good, other, "EdDSA", headers={"kid": kid}),
        "unknown kid": lambda: jwt.encode(good, own, "EdDSA", headers={"kid": "../../etc/passwd"}),
        "no kid": lambda: jwt.encode(good, own, "EdDSA"),
        "alg none": lambda: part(f'{{"alg":"none","kid":"{kid}"}}') + f".{body}.",
        "hmac with our public key": lambda: jwt.encode(
            good, "x" * 32, "HS256", headers={"kid": kid}
        ),
        "jku": lambda: jwt.encode(
            good, other, "EdDSA", headers={"kid": "x", "jku": "https://evil.example/keys"}
        ),
        "another issuer": lambda: jwt.encode(
            good | {"iss": "https://evil.example"}, own, "EdDSA", headers={"kid": kid}
        ),
        "no expiry": lambda: jwt.encode(
            {k: v for k, v in good.items() if k != "exp"}, own, "EdDSA", headers={"kid": kid}
        ),
        "two audiences": lambda: jwt.encode(
            good | {"aud": ["staff", "borrower"]}, own, "EdDSA", headers={"kid": kid}
        ),
        "no uuid": lambda: jwt.encode(good | {"sub": "1"}, own, "EdDSA", headers={"kid": kid}),
        "roles as text": lambda: jwt.encode(
            good | {"roles": "admin"}, own, "EdDSA", headers={"kid": kid}
        ),
        "garbage": lambda: "a.b.c",
        "too long": lambda: "a" * 10_000,
    }


@pytest.mark.parametrize(
    "how",
    [
        "another key",
        "unknown kid",
        "no kid",
        "alg none",
        "hmac with our public key",
        "jku",
        "another issuer",
        "no expiry",
        "two audiences",
        "no uuid",
        "roles as text",
        "garbage",
        "too long",
    ],
)
def test_a_forged_token_is_refused(process: Process, public_api: Api, how: str) -> None:
    assert status(public_api, forged(process)[how]()) == 401


def test_a_token_of_the_command_line_says_so(process: Process) -> None:
    made = [token(process, amr=("cli",)), token(process, amr=("pwd", "otp")), token(process)]
    read = [service.read_token(process.token_keys, each) for each in made]
    assert [each.is_from_command_line for each in read] == [True, False, False]
