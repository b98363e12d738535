"""No token but a good one opens anything."""

import base64
import hashlib
import hmac
from datetime import timedelta

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import OKPAlgorithm

from backend.auth import service as auth
from backend.kit import clock
from backend.staff.rules import Role
from tests.api.refusals import assert_refused
from tests.fixtures.api import Api, bearer, token_for, token_keys_of
from tests.fixtures.settings import KEY_NAME

# One route of each audience, and what a good token for it carries.
ROUTES = {
    "borrower": ("/v1/me", {}),
    "staff": ("/v1/jobs", {"roles": ("admin",)}),
    "client": ("/v1/ingest/benefit-grants", {"scopes": ("ingest.read",)}),
}
EVIL = "https://evil.test"


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


def _unsigned(claims: dict, algorithm: object = "none") -> str:
    return f"{_part({'alg': algorithm, 'typ': 'JWT', 'kid': KEY_NAME})}.{_part(claims)}."


def _with_secret(claims: dict, secret: bytes) -> str:
    """HS256 over a public key, which the library would not do for us."""
    words = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': KEY_NAME})}.{_part(claims)}"
    mark = hmac.new(secret, words.encode(), hashlib.sha256).digest()
    return f"{words}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


@pytest.fixture
def keys(settings) -> auth.TokenKeys:
    return token_keys_of(settings)


@pytest.fixture
def good(settings, world) -> dict[str, str]:
    """A good token for each audience."""
    return {
        audience: token_for(settings, audience=audience, subject_id=world.ann.id, **carried)
        for audience, (_, carried) in ROUTES.items()
    }


@pytest.fixture
def signed(keys, good):
    """`signed("staff", headers, iss=...)`: our own signature under other words."""

    def sign(audience: str, headers: dict | None = None, **changes: object) -> str:
        claims = jwt.decode(good[audience], options={"verify_signature": False})
        content = {name: value for name, value in (claims | changes).items() if value is not None}
        # Beneath `jwt.encode`, which would not write some of these.
        return jwt.PyJWS().encode(
            orjson.dumps(content),
            keys.signing,
            "EdDSA",
            headers={"kid": keys.signing_id} | (headers or {}),
        )

    return sign


@pytest.fixture(params=ROUTES)
def audience(request) -> str:
    return request.param


def old_token(keys, subject_id, audience: str) -> str:
    return auth.issue_token(
        keys,
        audience=audience,
        subject_id=subject_id,
        life=timedelta(minutes=15),
        now=clock.wall() - timedelta(hours=1),
        **ROUTES[audience][1],
    )


@pytest.fixture
def forged_tokens(good, keys, audience) -> dict[str, str]:
    """Signed by somebody else, or by nobody."""
    claims = jwt.decode(good[audience], options={"verify_signature": False})
    known = {"kid": keys.signing_id}
    stranger = Ed25519PrivateKey.generate()
    public = keys.verifying[keys.signing_id]
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    jwk = OKPAlgorithm.to_jwk(stranger.public_key(), as_dict=True) | {"kid": "mine"}

    def by_stranger(**headers: object) -> str:
        return jwt.encode(claims, stranger, "EdDSA", headers=headers)

    return {
        "signed by another": by_stranger(**known),
        "unsigned": _unsigned(claims),
        "unsigned, in other words": _unsigned(claims, "NONE"),
        "unsigned, without a word": _unsigned(claims, None),
        "signed with the public key as a secret": _with_secret(claims, raw),
        "signed with its text as a secret": _with_secret(claims, pem),
        "signed with nothing": _with_secret(claims, b""),
        "a key of its own": by_stranger(kid="mine", jwk=jwk),
        "our key id and a key of its own": by_stranger(**known, jwk=jwk),
        "keys elsewhere": by_stranger(kid="mine", jku=f"{EVIL}/keys"),
        "our key id and keys elsewhere": by_stranger(**known, jku=f"{EVIL}/keys"),
        "a chain elsewhere": by_stranger(**known, x5u=f"{EVIL}/chain.pem"),
        "a chain of its own": by_stranger(**known, x5c=["MIIB"], x5t="AAAA"),
        "another algorithm": jwt.encode(
            claims, ec.generate_private_key(ec.SECP256R1()), "ES256", headers=known
        ),
        "without a key id": jwt.encode(claims, keys.signing, "EdDSA"),
    }


@pytest.fixture
def altered_tokens(good, signed, keys, world, audience) -> dict[str, str]:
    """Put together from good ones, or said otherwise than we say it."""
    head, body, signature = good[audience].split(".")
    other_audience = next(name for name in ROUTES if name != audience)
    other = good[other_audience].split(".")
    return {
        "expired": old_token(keys, world.ann.id, audience),
        "another's content": ".".join((head, other[1], signature)),
        "another's signature": ".".join((head, body, other[2])),
        "without a signature": f"{head}.{body}.",
        "a path for a key id": signed(audience, {"kid": "../../../dev/null"}),
        "a file for a key id": signed(audience, {"kid": "file:///etc/passwd"}),
        "a statement for a key id": signed(audience, {"kid": "x' UNION SELECT 'tests"}),
        "no text for a key id": f"{_part({'alg': 'EdDSA', 'kid': ['tests']})}.{body}.{signature}",
        "something critical": signed(audience, {"crit": ["exp2"], "exp2": 1}),
        "another issuer": signed(audience, iss="https://elsewhere.test"),
        "our issuer among others": signed(audience, iss=[keys.issuer, EVIL]),
        "no issuer": signed(audience, iss=None),
        "two audiences": signed(audience, aud=[audience, other_audience]),
        "a list of audiences": signed(audience, aud=[audience]),
        "an unknown audience": signed(audience, aud="everybody"),
        "no audience": signed(audience, aud=None),
        "no end": signed(audience, exp=None),
        "no id": signed(audience, jti=None),
        "a subject that is none": signed(audience, sub="'; DROP TABLE borrower; --"),
        "from the future": signed(audience, iat=int(clock.wall().timestamp()) + 3_600),
        "not yet": signed(audience, nbf=int(clock.wall().timestamp()) + 3_600),
        "an end in words": signed(audience, exp="never"),
        "half": good[audience][: len(good[audience]) // 2],
        "twice": f"{good[audience]}.{good[audience]}",
        "a deep hole": f"{'W1tb' * 1_500}.{body}.{signature}",
        "huge": "x" * 9_000,
        "nothing": "",
        "nulls": "a.b.c",
    }


def test_no_bad_token_opens_anything(
    forged_tokens, altered_tokens, good, public_api: Api, world, unchanged, audience
):
    path, _ = ROUTES[audience]
    for name, token in (forged_tokens | altered_tokens).items():
        answer = public_api.get(path, headers=bearer(token))
        assert assert_refused(answer, 401)["code"] == "unauthorized", name
    assert public_api.get(path, headers=bearer(good[audience])).status_code == 200


def test_a_token_for_another_audience_opens_nothing_whatever_it_carries(
    signed, public_api: Api, world, unchanged, audience
):
    """Our own signature, and the power of the others beside the wrong `aud`."""
    power = {
        "roles": sorted(str(role) for role in Role),
        "scope": "ingest.read ingest.write jobs.read",
    }
    for name, (path, _) in ROUTES.items():
        if name != audience:
            answer = public_api.get(path, headers=bearer(signed(audience, **power)))
            assert assert_refused(answer, 403)["code"] == "forbidden", name


def test_a_refused_token_is_not_told_from_another(
    forged_tokens, altered_tokens, public_api: Api, world, audience
):
    path, _ = ROUTES[audience]
    answers = [
        public_api.get(path, headers=bearer(token)).json | {"request_id": ""}
        for token in (forged_tokens | altered_tokens).values()
    ]
    assert all(answer == answers[0] for answer in answers)


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
