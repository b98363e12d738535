"""The lender's own token opens a session of its borrower, once, and nothing else does."""

import base64
import hashlib
import hmac
import json
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.warnings import InsecureKeyLengthWarning

from backend.auth import service as auth
from backend.auth.client_models import UsedAssertion
from backend.auth.models import LoginSession
from backend.auth.oauth_schemas import ACCESS_TOKEN_TYPE
from backend.kit import clock
from backend.kit.db import Base
from tests.api.refusals import assert_refused
from tests.fakes.lender import AUDIENCE, ISSUER, public_jwk
from tests.fixtures.api import bearer, token_for

EVIL = "https://evil.test"


def count(session, table) -> int:
    return session.query(Base.metadata.tables[table]).count()


@pytest.fixture
def refused_alike(session, exchange):
    """Every refusal is the same answer, and leaves no session and no note."""
    seen = []

    def check(token):
        before = count(session, "login_session"), count(session, "used_assertion")
        answer = exchange(token)
        problem = assert_refused(answer, 400)
        assert (problem["code"], problem["error"]) == ("subject-token-refused", "invalid_request")
        seen.append(problem | {"request_id": ""})
        assert seen[-1] == seen[0]
        assert (count(session, "login_session"), count(session, "used_assertion")) == before

    return check


@pytest.mark.parametrize("kid", ["rsa-1", "ec-1", "ed-1"])
def test_a_good_token_opens_a_session_of_that_borrower(
    kid, lender, exchange, ann, public_api, session
):
    answer = exchange(lender.token("ann", kid=kid))
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    given = answer.json
    assert given["issued_token_type"] == ACCESS_TOKEN_TYPE
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 900)
    me = public_api.get("/v1/me", headers=bearer(given["access_token"]))
    assert me.json["id"] == ann
    stored = session.query(LoginSession).one()
    assert (str(stored.subject_id), stored.amr) == (ann, ["exchange"])
    renewed = public_api.post("/v1/auth/refresh", json={"refresh_token": given["refresh_token"]})
    assert renewed.status_code == 200


def test_json_of_the_same_names_is_taken(lender, exchange, ann, public_api):
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": lender.token("ann", aud=[AUDIENCE]),
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "requested_token_type": ACCESS_TOKEN_TYPE,
        "scope": "anything",
    }
    assert public_api.post("/v1/auth/exchange", json=form).status_code == 200


def wrong_claims(lender) -> dict[str, str]:
    now = int(clock.wall().timestamp())
    return {
        "expired": lender.token("ann", iat=now - 200, exp=now - 60),
        "for too long": lender.token("ann", exp=now + 301),
        "made long ago for long": lender.token("ann", iat=now - 3_600, exp=now + 60),
        "in an hour": lender.token("ann", iat=now + 3_600, exp=now + 3_660),
        "not before an hour": lender.token("ann", nbf=now + 3_600),
        "without an end": lender.token("ann", exp=None),
        "without a beginning": lender.token("ann", iat=None),
        "without an id": lender.token("ann", jti=None),
        "without a subject": lender.token("ann", sub=None),
        "without an issuer": lender.token("ann", iss=None),
        "without an audience": lender.token("ann", aud=None),
        "an end in words": lender.token("ann", exp="never"),
        "an end in a text": lender.token("ann", exp=str(now + 60)),
        "an end of time": lender.token("ann", iat=1e15, exp=1e15 + 60),
        "a number for an id": lender.token("ann", jti=7),
        "an empty id": lender.token("ann", jti=""),
        "a long id": lender.token("ann", jti="x" * 201),
        "another issuer": lender.token("ann", iss=EVIL),
        "another audience": lender.token("ann", aud=EVIL),
        "two audiences": lender.token("ann", aud=[AUDIENCE, EVIL]),
        "our own audience": lender.token("ann", aud="borrower"),
        "issuer and audience swapped": lender.token("ann", iss=AUDIENCE, aud=ISSUER),
        "a stranger": lender.token("nobody"),
        "a subject of zeros": lender.token("ann\x00"),
        "a subject of half a letter": lender.token("ann\ud800"),
        "an empty subject": lender.token(""),
        "a statement": lender.token("' OR '1'='1"),
    }


def test_a_token_that_says_something_else_is_refused(lender, ann, refused_alike):
    for token in wrong_claims(lender).values():
        refused_alike(token)


def test_a_lender_s_subject_is_not_our_id(lender, ann, refused_alike):
    refused_alike(lender.token(ann))


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def with_secret(claims, secret: bytes, kid: str) -> str:
    """HS256 over a public key, which the library would not do for us."""
    words = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{part(claims)}"
    mark = hmac.new(secret, words.encode(), hashlib.sha256).digest()
    return f"{words}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


def forged(lender) -> dict[str, str]:
    claims = lender.claims("ann")
    own = ec.generate_private_key(ec.SECP256R1())
    rsa_key = lender.keys["rsa-1"][1].public_key()
    pem = rsa_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    jwk = public_jwk("mine", "ES256", own)
    good = lender.token("ann")
    head, body, mark = good.split(".")
    other = lender.token("bea").split(".")

    def mine(**headers) -> str:
        return jwt.encode(claims, own, "ES256", headers=headers)

    return {
        "another's key": mine(kid="ec-1"),
        "none": f"{part({'alg': 'none', 'kid': 'ec-1'})}.{part(claims)}.",
        "None": f"{part({'alg': 'None', 'kid': 'ec-1'})}.{part(claims)}.",
        "no algorithm": f"{part({'kid': 'ec-1'})}.{body}.{mark}",
        "public key as a secret": with_secret(claims, pem, "rsa-1"),
        "public jwk as a secret": with_secret(
            claims, json.dumps(public_jwk("rsa-1", *lender.keys["rsa-1"])).encode(), "rsa-1"
        ),
        "nothing as a secret": with_secret(claims, b"", "rsa-1"),
        "an algorithm not in the settings": jwt.encode(
            claims, lender.keys["rsa-1"][1], "PS256", headers={"kid": "rsa-1"}
        ),
        "another key's algorithm": jwt.encode(
            claims, lender.keys["rsa-1"][1], "RS256", headers={"kid": "ec-1"}
        ),
        "no key id": jwt.encode(claims, lender.keys["ec-1"][1], "ES256"),
        "a key of its own": mine(kid="mine", jwk=jwk),
        "a known id and a key of its own": mine(kid="ec-1", jwk=jwk),
        "keys elsewhere": mine(kid="mine", jku=f"{EVIL}/keys"),
        "a chain elsewhere": mine(kid="mine", x5u=f"{EVIL}/chain.pem"),
        "a chain of its own": mine(kid="ec-1", x5c=["MIIB"], x5t="AAAA"),
        "a path for a key id": mine(kid="../../../../dev/null"),
        "a file for a key id": mine(kid="file:///etc/passwd"),
        "an address for a key id": mine(kid=f"{EVIL}/keys"),
        "a statement for a key id": mine(kid="x' UNION SELECT 'secret"),
        "a long key id": mine(kid="x" * 201),
        "a number for a key id": f"{part({'alg': 'ES256', 'kid': 7})}.{body}.{mark}",
        "something critical": lender.token("ann", headers={"crit": ["exp2"], "exp2": 1}),
        "another's content": f"{head}.{other[1]}.{mark}",
        "another's mark": f"{head}.{body}.{other[2]}",
        "no mark": f"{head}.{body}.",
        "half": good[: len(good) // 2],
        "a deep hole": f"{part('x')}.{'W1tbW' * 1_000}.x",
        "garbage": "a.b.c",
        "zeros": "\x00.\x00.\x00",
    }


def test_a_forged_token_is_refused_and_nothing_in_it_is_followed(lender, ann, refused_alike):
    for token in forged(lender).values():
        refused_alike(token)
    # The loopback server is all that was asked: a look elsewhere would have failed the test.
    assert lender.asked == 1


def test_a_token_of_ours_is_not_the_lender_s(lender, ann, settings, refused_alike):
    refused_alike(token_for(settings, audience="borrower", subject_id=ann))


def test_a_lender_s_token_is_not_one_of_ours(lender, ann, exchange, public_api):
    answer = public_api.get("/v1/me", headers=bearer(lender.token("ann")))
    assert_refused(answer, 401)


def test_a_weak_key_of_the_lender_s_opens_nothing(lender, ann, exchange):
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - which is the point
    lender.extra = [public_jwk("weak", "RS256", weak)]
    with warnings.catch_warnings(action="ignore", category=InsecureKeyLengthWarning):
        token = jwt.encode(lender.claims("ann"), weak, "RS256", headers={"kid": "weak"})
    assert_refused(exchange(token), 400)
    assert exchange(lender.token("ann")).status_code == 200


def test_a_private_key_or_a_secret_in_the_set_opens_nothing(lender, ann, exchange):
    secret = b"s" * 32
    own = ec.generate_private_key(ec.SECP256R1())
    value = own.private_numbers().private_value.to_bytes(32, "big")
    lender.extra = [
        {"kty": "oct", "kid": "oct", "k": base64.urlsafe_b64encode(secret).decode().rstrip("=")},
        public_jwk("leaked", "ES256", own)
        | {"d": base64.urlsafe_b64encode(value).decode().rstrip("=")},
        public_jwk("sealing", "ES256", own) | {"use": "enc"},
        public_jwk("signing", "ES256", own) | {"key_ops": ["sign"]},
    ]
    claims = lender.claims("ann")
    assert_refused(exchange(with_secret(claims, secret, "oct")), 400)
    for kid in ("leaked", "sealing", "signing"):
        assert_refused(exchange(jwt.encode(claims, own, "ES256", headers={"kid": kid})), 400)


def test_a_token_opens_once(lender, ann, exchange):
    token = lender.token("ann", jti="once")
    assert exchange(token).status_code == 200
    assert_refused(exchange(token), 400)
    # The id is what counts, whatever else a second token of that id says.
    assert_refused(exchange(lender.token("ann", jti="once", kid="rsa-1")), 400)


def test_a_stranger_s_token_may_be_shown_again_once_the_lender_has_sent_her(
    lender, exchange, client_api
):
    token = lender.token("late")
    assert_refused(exchange(token), 400)
    body = {"locale": "en", "timezone": "Asia/Shanghai"}
    assert client_api.put("/v1/ingest/borrowers/late", json=body).status_code == 201
    assert exchange(token).status_code == 200


@pytest.mark.commits
def test_of_twenty_at_once_one_opens(lender, client_api, session, exchange, app):
    body = {"locale": "en", "timezone": "Asia/Shanghai"}
    assert client_api.put("/v1/ingest/borrowers/ann", json=body).status_code == 201
    assert exchange(lender.token("ann")).status_code == 200
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": lender.token("ann"),
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    }
    gate = threading.Barrier(20)

    def show(_: int) -> int:
        gate.wait(10)
        return app.test_client().post("/v1/auth/exchange", data=form).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(show, range(20)))
    assert sorted(statuses) == [200, *[400] * 19]


def test_notes_of_ended_tokens_are_forgotten_and_others_kept(lender, ann, exchange, session):
    token = lender.token("ann")
    assert exchange(token).status_code == 200
    now = clock.wall()
    assert auth.purge_assertions(session, now=now) == 0
    assert auth.purge_assertions(session, now=now + timedelta(minutes=2)) == 0
    assert_refused(exchange(token), 400)
    assert auth.purge_assertions(session, now=now + timedelta(minutes=3)) == 1
    assert session.query(UsedAssertion).count() == 0


@pytest.mark.parametrize(
    ("changes", "code", "error"),
    [
        ({"grant_type": "password"}, "grant-type-unsupported", "unsupported_grant_type"),
        ({"grant_type": ""}, "oauth-request-invalid", "invalid_request"),
        ({"subject_token": ""}, "oauth-request-invalid", "invalid_request"),
        ({"subject_token": "x" * 9_000}, "oauth-request-invalid", "invalid_request"),
        ({"subject_token_type": ACCESS_TOKEN_TYPE}, "oauth-request-invalid", "invalid_request"),
        ({"requested_token_type": "saml"}, "oauth-request-invalid", "invalid_request"),
        ({"actor_token": "x.y.z"}, "oauth-request-invalid", "invalid_request"),
    ],
)
def test_another_request_is_refused(lender, ann, exchange, changes, code, error):
    problem = assert_refused(exchange(lender.token("ann"), **changes), 400)
    assert (problem["code"], problem["error"]) == (code, error)


def test_an_installation_without_a_lender_s_log_in_says_so(public_api):
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": "x.y.z",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    }
    problem = assert_refused(public_api.post("/v1/auth/exchange", data=form), 404)
    assert problem["code"] == "exchange-not-configured"
    assert "EXCHANGE_JWKS_URL" in problem["detail"]
