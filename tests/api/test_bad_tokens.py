"""No token but a good one opens anything."""

import base64
from datetime import timedelta

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.auth import service as auth
from backend.kit import clock
from tests.api.refusals import assert_refused
from tests.fixtures.api import Api, bearer, token_for, token_keys_of
from tests.fixtures.settings import KEY_NAME


def _unsigned(claims: dict) -> str:
    parts = ({"alg": "none", "typ": "JWT", "kid": KEY_NAME}, claims)
    return (
        ".".join(base64.urlsafe_b64encode(orjson.dumps(p)).decode().rstrip("=") for p in parts)
        + "."
    )


@pytest.fixture
def bad_tokens(settings, world) -> dict[str, str]:
    keys = token_keys_of(settings)
    good = token_for(settings, audience="borrower", subject_id=world.ann.id)
    other = token_for(settings, audience="borrower", subject_id=world.bea.id)
    claims = jwt.decode(good, options={"verify_signature": False})
    stranger = Ed25519PrivateKey.generate()
    known = {"kid": keys.signing_id}

    def signed(headers: dict | None = None, **changes: object) -> str:
        content = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(content, keys.signing, "EdDSA", headers=headers or known)

    old = auth.issue_token(
        keys,
        audience="borrower",
        subject_id=world.ann.id,
        life=timedelta(minutes=15),
        now=clock.wall() - timedelta(hours=1),
    )
    head, body, signature = good.split(".")
    return {
        "expired": old,
        "signed by another": jwt.encode(claims, stranger, "EdDSA", headers=known),
        "unsigned": _unsigned(claims),
        "signed with the public key as a secret": jwt.encode(
            claims, "tests" * 10, "HS256", headers=known
        ),
        "another's content": ".".join((head, other.split(".")[1], signature)),
        "another's signature": ".".join((head, body, other.split(".")[2])),
        "without a signature": f"{head}.{body}.",
        "without a key id": jwt.encode(claims, keys.signing, "EdDSA"),
        "a path for a key id": signed({"kid": "../../../dev/null"}),
        "a key of its own": signed({"kid": "x", "jwk": {"kty": "OKP"}, "jku": "https://x.test"}),
        "another issuer": signed(iss="https://elsewhere.test"),
        "two audiences": signed(aud=["borrower", "staff"]),
        "another audience": signed(aud="everybody"),
        "no audience": signed(aud=None),
        "no end": signed(exp=None),
        "no id": signed(jti=None),
        "a subject that is none": signed(sub="'; DROP TABLE borrower; --"),
        "from the future": signed(iat=int(clock.wall().timestamp()) + 3_600),
        "an end in words": signed(exp="never"),
        "half": good[: len(good) // 2],
        "twice": f"{good}.{good}",
        "huge": "x" * 9_000,
        "nothing": "",
        "nulls": "a.b.c",
    }


def test_no_bad_token_opens_anything(bad_tokens, public_api: Api, world, unchanged):
    for name, token in bad_tokens.items():
        answer = public_api.get("/v1/me", headers=bearer(token))
        assert assert_refused(answer, 401)["code"] == "unauthorized", name


def test_a_token_is_read_from_its_header_alone(settings, public_api: Api, world, unchanged):
    token = token_for(settings, audience="borrower", subject_id=world.ann.id)
    assert public_api.get("/v1/me", headers=bearer(token)).status_code == 200
    for headers in (
        {"Authorization": token},
        {"Authorization": f"Basic {token}"},
        {"Cookie": token},
    ):
        assert_refused(public_api.get("/v1/me", headers=headers), 401)
    assert_refused(public_api.get("/v1/me", query_string={"access_token": token}), 401)
