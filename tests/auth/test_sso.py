"""Single sign-on against a real provider: what it says is believed only when all of it fits."""

import base64
import json
import time
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import select, update

from backend.app import create_app
from backend.auth.service import oidc
from backend.kit import clock
from backend.kit.environment import SettingsError
from backend.settings import OidcSettings
from backend.staff.models import StaffAccount, StaffAction, StaffSsoState
from backend.staff.service import sso
from tests.clock import NOW
from tests.factories.staff import make_colleague
from tests.fakes.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    FakeProvider,
    new_key,
    running_provider,
)
from tests.fixtures import leaks
from tests.fixtures.api import Api, bearer
from tests.fixtures.settings import make_settings

START = "/v1/auth/staff/oidc/start"
CALLBACK = "/v1/auth/staff/oidc/callback"
REDIRECT = "https://goodfaith.test/v1/auth/staff/oidc/callback"
OIDC = {
    "OIDC_ISSUER": "https://sso.lender.test",
    "OIDC_CLIENT_ID": CLIENT_ID,
    "OIDC_CLIENT_SECRET": CLIENT_SECRET,
}


@pytest.fixture
def provider():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def sso_app(process, provider):
    settings = OidcSettings(
        issuer=provider.issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        redirect_url=REDIRECT,
    )
    return create_app(replace(process, settings=replace(process.settings, oidc=settings)))


@pytest.fixture
def browser(sso_app, session):
    """Somebody's browser, which keeps cookies."""
    return Api(client=sso_app.test_client(), session=session)


@pytest.fixture
def anna(session, provider):
    return make_colleague(session, "auditor", email=provider.email)


def start(browser):
    answer = browser.get(START)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def sign_on(browser, provider: FakeProvider, **changes):
    query = provider.authorize(start(browser)) | changes
    return browser.get(CALLBACK, query_string=query)


def refusal(answer):
    return answer.status_code, answer.json["code"]


def test_a_verified_address_opens_its_account(browser, provider, anna, session):
    answer = sign_on(browser, provider)
    assert answer.status_code == 200, answer.text
    me = browser.get("/v1/staff/me", headers=bearer(answer.json["access_token"]))
    assert (me.json["id"], me.json["roles"]) == (str(anna.id), ["auditor"])
    claims = json.loads(_part(answer.json["access_token"], 1))
    assert claims["amr"] == ["oidc"]
    (row,) = session.scalars(select(StaffAction).where(StaffAction.action == "staff.log_in"))
    assert (row.staff_id, row.details) == (anna.id, {"amr": ["oidc"]})


def _part(token, number):
    part = token.split(".")[number]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_the_browser_is_sent_with_state_nonce_and_challenge(browser, provider, session):
    answer = browser.get(START)
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == [REDIRECT]
    assert asked["scope"] == ["openid email"]
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    cookie = answer.headers["Set-Cookie"]
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600", "Path=/v1/auth/staff"):
        assert flag in cookie
    secret = cookie.partition(";")[0].partition("=")[2]
    stored = session.scalars(select(StaffSsoState)).one()
    assert asked["state"][0].encode() not in stored.state_hash
    assert secret.encode() not in stored.browser_hash
    assert secret not in answer.headers["Location"]


def _by_another_key(claims):
    return jwt.encode({"alg": "RS256", "kid": "first"}, claims, new_key("first"))


def _unsigned(claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}."


def _by_client_secret(claims):
    key = OctKey.import_key(CLIENT_SECRET + "!" * 20, {"kid": "first"})
    return jwt.encode({"alg": "HS256", "kid": "first"}, claims, key)


def _with_its_own_key(claims):
    own = new_key("own")
    head = {"alg": "RS256", "jwk": own.as_dict(private=False), "kid": "own"}
    return jwt.encode(head, claims, own)


def _by_an_address(claims):
    head = {"alg": "RS256", "kid": "own", "jku": "http://127.0.0.1:1/keys"}
    return jwt.encode(head, claims, new_key("own"))


FORGED = {
    "another key": _by_another_key,
    "no signature": _unsigned,
    "a symmetric key": _by_client_secret,
    "a key of its own": _with_its_own_key,
    "a key by address": _by_an_address,
    "no token": lambda _: "nothing",
}
UNFIT = {
    "expired": {"exp": int(time.time()) - 60},
    "no expiry": {"exp": None},
    "from the future": {"iat": int(time.time()) + 3_600},
    "another audience": {"aud": "another-client"},
    "several audiences": {"aud": [CLIENT_ID, "another-client"]},
    "meant for another": {"azp": "another-client"},
    "another issuer": {"iss": "https://evil.example"},
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "a list of nonces": {"nonce": ["another"]},
    "another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "not verified": {"email_verified": False},
    "verified in words": {"email_verified": "true"},
    "no address": {"email": None},
    "no text": {"email": ["anna@lender.test"]},
    "a look-alike": {"email": "\u212aanna@lender.test"},
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_id_token_is_refused(browser, provider, anna, how):
    provider.make_token = FORGED[how]
    assert refusal(sign_on(browser, provider)) == (401, "sso-refused")
    provider.make_token = None
    assert sign_on(browser, provider).status_code == 200


@pytest.mark.parametrize("how", UNFIT)
def test_an_id_token_that_does_not_fit_is_refused(browser, provider, anna, how):
    provider.claims = UNFIT[how]
    assert refusal(sign_on(browser, provider)) == (401, "sso-refused")
    provider.claims = {}
    assert sign_on(browser, provider).status_code == 200


def test_an_account_is_never_opened_by_the_provider(browser, provider, session):
    provider.email = "stranger@lender.test"
    assert refusal(sign_on(browser, provider)) == (401, "sso-refused")
    assert session.scalars(select(StaffAccount.id)).all() == []


def test_an_account_that_is_disabled_or_not_enrolled_stays_shut(
    browser, provider, anna, session, staff_api
):
    invited = staff_api("auditor")
    provider.email = session.get(StaffAccount, invited.id).email
    assert refusal(sign_on(browser, provider)) == (401, "sso-refused")
    provider.email = anna.email
    assert sign_on(browser, provider).status_code == 200
    session.execute(update(StaffAccount).values(disabled_at=NOW))
    assert refusal(sign_on(browser, provider)) == (401, "sso-refused")


def test_an_address_is_found_whatever_its_letters_case(browser, provider, anna):
    provider.email = anna.email.upper()
    assert sign_on(browser, provider).status_code == 200


def test_a_state_opens_once(browser, provider, anna):
    query = provider.authorize(start(browser))
    assert browser.get(CALLBACK, query_string=query).status_code == 200
    again = browser.get(CALLBACK, query_string=query)
    assert refusal(again) == (401, "sso-refused")
    assert provider.asked.count("/token") == 1


def test_another_browser_cannot_come_back(sso_app, session, browser, provider, anna):
    query = provider.authorize(start(browser))
    begun = provider.begun
    other = Api(client=sso_app.test_client(), session=session)
    without_cookie = other.get(CALLBACK, query_string=query)
    start(other)
    with_its_own = other.get(CALLBACK, query_string=query)
    assert refusal(without_cookie) == refusal(with_its_own) == (401, "sso-refused")
    assert "/token" not in provider.asked
    # Nor do such attempts spoil hers.
    provider.begun = begun
    assert browser.get(CALLBACK, query_string=query).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "made-up"},
        {"state": ""},
        {"code": ""},
        {"error": "access_denied"},
        {"iss": "https://evil.example"},
        {"code": "another-code"},
    ],
)
def test_an_answer_that_is_not_the_providers_is_refused(browser, provider, anna, changes):
    assert refusal(sign_on(browser, provider, **changes)) == (401, "sso-refused")


def test_a_sign_on_waits_ten_minutes(browser, provider, anna, session):
    query = provider.authorize(start(browser))
    session.execute(update(StaffSsoState).values(expires_at=clock.wall() - timedelta(seconds=1)))
    session.commit()
    assert refusal(browser.get(CALLBACK, query_string=query)) == (401, "sso-refused")
    assert sso.purge(session, now=clock.wall()) == 1


def test_keys_that_the_provider_rotated_are_fetched_anew(browser, provider, anna):
    assert sign_on(browser, provider).status_code == 200
    assert sign_on(browser, provider).status_code == 200
    assert provider.asked.count("/jwks") == 1
    provider.key = new_key("second")
    assert sign_on(browser, provider).status_code == 200
    assert provider.asked.count("/jwks") == 2


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks"])
def test_a_provider_that_is_away_is_waited_for(browser, provider, anna, path):
    provider.failing = {path}
    answer = browser.get(START)
    assert refusal(answer) == (503, "sso-provider-away")
    assert "Retry-After" in answer.headers
    provider.failing = set()
    assert sign_on(browser, provider).status_code == 200


def test_a_token_endpoint_that_fails_is_waited_for(browser, provider, anna):
    provider.failing = {"/token"}
    assert refusal(sign_on(browser, provider)) == (503, "sso-provider-away")


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "ftp://127.0.0.1/token"},
        {"jwks_uri": None},
    ],
)
def test_a_discovery_document_that_does_not_fit_is_not_used(browser, provider, anna, changes):
    provider.metadata = changes
    assert refusal(browser.get(START)) == (503, "sso-provider-away")


def test_an_issuer_on_https_has_all_its_endpoints_there():
    settings = make_settings("postgresql://ours@h/d", **OIDC).oidc
    document = {"issuer": settings.issuer} | dict.fromkeys(oidc.ENDPOINTS, "http://127.0.0.1/x")
    with pytest.raises(ValueError, match="not https"):
        oidc.Provider(settings)._check(document)


@pytest.mark.parametrize("path", [START, CALLBACK])
def test_without_a_provider_there_is_no_single_sign_on(public_api, path):
    assert refusal(public_api.get(path)) == (404, "oidc-not-configured")


def test_the_settings_of_a_provider():
    settings = make_settings("postgresql://ours@h/d", **OIDC).oidc
    assert settings.redirect_url == REDIRECT
    own = make_settings(
        "postgresql://ours@h/d", **OIDC, OIDC_REDIRECT_URL="https://x.test/back"
    ).oidc
    assert own.redirect_url == "https://x.test/back"
    assert make_settings("postgresql://ours@h/d").oidc is None
    loopback = OIDC | {"OIDC_ISSUER": "http://127.0.0.1:9000"}
    assert make_settings("postgresql://ours@h/d", **loopback, GOODFAITH_DEMO="1").oidc is not None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET"),
        ({"OIDC_ISSUER": ""}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "http://sso.lender.test"}, "https"),
        ({"OIDC_ISSUER": "http://127.0.0.1:9000"}, "https"),
        ({"OIDC_ISSUER": "http://sso.lender.test", "GOODFAITH_DEMO": "1"}, "https"),
        ({"OIDC_ISSUER": "https://"}, "https"),
        ({"OIDC_ISSUER": "https://[::1"}, "https"),
    ],
)
def test_settings_that_are_not_safe_are_refused(changes, says):
    with pytest.raises(SettingsError, match=says) as refused:
        make_settings("postgresql://ours@h/d", **(OIDC | changes))
    assert CLIENT_SECRET not in str(refused.value)


def test_begun_at_the_console_it_leads_into_the_console(browser, provider, anna):
    begun = browser.get("/console/log-in/sso")
    assert begun.status_code == 303
    back = browser.get(CALLBACK, query_string=provider.authorize(begun.headers["Location"]))
    assert (back.status_code, back.headers["Location"]) == (303, "/console")
    leaks.watch(secret=browser.client.get_cookie("__Host-goodfaith_console").value)
    assert anna.email in browser.get("/console").text


def test_what_the_console_is_refused_is_told_at_its_log_in(browser, provider):
    begun = browser.get("/console/log-in/sso")
    query = provider.authorize(begun.headers["Location"])
    back = browser.get(CALLBACK, query_string=query)
    assert back.status_code == 401
    assert "This single sign-on does not open an account here." in back.text
    assert browser.get("/console").status_code == 303
