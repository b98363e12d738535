"""The lender's keys are asked for seldom, within bounds, and kept while its server is away."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from backend.auth.lender_keys import (
    FETCH_SECONDS_MAX,
    FRESH_SECONDS,
    PAUSE_SECONDS,
    PAUSE_WITHOUT_KEYS_SECONDS,
    SET_BYTES_MAX,
    LenderKeys,
)
from backend.auth.oauth_errors import LenderKeysAway
from backend.kit.environment import SettingsError
from backend.settings import ASYMMETRIC
from tests.api.refusals import assert_refused
from tests.fixtures.settings import make_settings

QUICK_SECONDS = 3.0


def until(is_so) -> None:
    """A fetch in the background lands in a moment."""
    give_up_at = time.monotonic() + QUICK_SECONDS
    while not is_so():
        assert time.monotonic() < give_up_at
        time.sleep(0.01)


def stranger() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode({"sub": "ann"}, key, "ES256", headers={"kid": str(id(key))})


def test_a_new_key_of_the_lender_s_is_found_and_the_old_one_is_dropped(
    lender, exchange, ann, seconds
):
    old = lender.token("ann")
    assert exchange(old).status_code == 200
    late = lender.token("ann")
    lender.rotate("ec-2")
    seconds.now += PAUSE_SECONDS
    assert exchange(lender.token("ann", kid="ec-2")).status_code == 200
    assert lender.asked == 2
    assert_refused(exchange(late), 400)


def test_a_flood_of_unknown_keys_is_no_flood_of_questions(lender, exchange, ann, seconds):
    assert exchange(lender.token("ann")).status_code == 200
    for _ in range(50):
        assert_refused(exchange(stranger()), 400)
    assert lender.asked == 1
    seconds.now += PAUSE_SECONDS
    for _ in range(50):
        assert_refused(exchange(stranger()), 400)
    assert lender.asked == 2
    assert exchange(lender.token("ann")).status_code == 200


def test_threads_that_need_keys_at_once_ask_once(lender, trust):
    lender.delay_seconds = 0.3
    keys = LenderKeys(trust)
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: keys.find(kid="ec-1", algorithm="ES256"), range(20)))
    assert all(found)
    assert lender.asked == 1


BODIES = {
    "huge": b'{"keys": []' + b" " * SET_BYTES_MAX + b"}",
    "not json": b"<html>Sorry</html>",
    "a deep hole": b"[" * 100_000,
    "another shape": b'["keys"]',
    "no keys": b'{"keys": []}',
    "keys that are none": b'{"keys": [null, 1, {}, {"kid": "x", "kty": "EC"}]}',
    "too many keys": json.dumps({"keys": [{}] * 101}).encode(),
}
FAILURES = ("500", "redirecting", *BODIES)


def fail_by(lender, how: str) -> None:
    """Answers that would be good ones but for this."""
    if how == "500":
        lender.status = 500
    elif how == "redirecting":
        lender.status, lender.location = 302, lender.url
    else:
        lender.body = BODIES[how]


@pytest.mark.parametrize("how", FAILURES)
def test_without_any_keys_the_caller_is_asked_to_come_again(how, lender, exchange, ann, seconds):
    fail_by(lender, how)
    token = lender.token("ann")
    answer = exchange(token)
    problem = assert_refused(answer, 503)
    assert (problem["code"], problem["error"]) == ("lender-keys-away", "temporarily_unavailable")
    assert 1 <= int(answer.headers["Retry-After"]) <= PAUSE_WITHOUT_KEYS_SECONDS
    # Nor is a server in trouble asked by everybody.
    assert exchange(token).status_code == 503
    assert lender.asked == 1
    lender.status, lender.body, lender.location = 200, None, None
    seconds.now += PAUSE_WITHOUT_KEYS_SECONDS
    assert exchange(token).status_code == 200


@pytest.mark.parametrize("how", FAILURES)
def test_with_keys_in_hand_a_server_in_trouble_is_not_noticed(how, lender, exchange, ann, seconds):
    assert exchange(lender.token("ann")).status_code == 200
    fail_by(lender, how)
    seconds.now += PAUSE_SECONDS
    assert_refused(exchange(stranger()), 400)
    assert lender.asked == 2
    assert exchange(lender.token("ann")).status_code == 200


def test_old_keys_are_renewed_without_anybody_waiting(lender, exchange, ann, seconds):
    assert exchange(lender.token("ann")).status_code == 200
    seconds.now += FRESH_SECONDS
    lender.delay_seconds = 0.5
    before = time.monotonic()
    assert exchange(lender.token("ann")).status_code == 200
    assert time.monotonic() - before < 0.5
    until(lambda: lender.asked == 2)
    assert exchange(lender.token("ann")).status_code == 200
    assert lender.asked == 2


def test_a_slow_server_holds_a_caller_for_a_few_seconds_at_most(lender, trust):
    lender.delay_seconds = FETCH_SECONDS_MAX + 2
    keys = LenderKeys(trust)
    began = time.monotonic()
    with pytest.raises(LenderKeysAway):
        keys.find(kid="ec-1", algorithm="ES256")
    assert time.monotonic() - began < FETCH_SECONDS_MAX + 1


def test_who_comes_while_a_slow_server_is_asked_does_not_wait_for_it(lender, trust):
    lender.delay_seconds = FETCH_SECONDS_MAX - 1
    keys = LenderKeys(trust)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(keys.find, kid="ec-1", algorithm="ES256")
        until(lambda: lender.asked == 1)
        began = time.monotonic()
        with pytest.raises(LenderKeysAway):
            keys.find(kid="ec-1", algorithm="ES256")
        assert time.monotonic() - began < 2
        assert first.result() is not None


def test_a_server_that_is_not_there_is_a_server_away(trust):
    keys = LenderKeys(trust.__class__("http://127.0.0.1:9/keys", "i", "a", ("ES256",)))
    with pytest.raises(LenderKeysAway):
        keys.find(kid="ec-1", algorithm="ES256")


GOOD = {
    "EXCHANGE_JWKS_URL": "https://login.lender.test/keys",
    "EXCHANGE_ISSUER": "https://login.lender.test",
    "EXCHANGE_AUDIENCE": "goodfaith",
}
URL = "postgresql://ours@x"


def test_settings_name_the_lender_whole_or_not_at_all():
    assert make_settings(URL).exchange is None
    exchange = make_settings(URL, **GOOD).exchange
    assert exchange is not None
    assert exchange.algorithms == ("RS256", "ES256", "EdDSA")
    for name in GOOD:
        with pytest.raises(SettingsError, match=name):
            make_settings(URL, **{**GOOD, name: ""})


@pytest.mark.parametrize(
    "url",
    [
        *("http://login.lender.test/keys", "ftp://login.lender.test/keys", "file:///etc/passwd"),
        *("https:///keys", "https://me:secret@login.lender.test/keys", "login.lender.test"),
        *("http://127.0.0.1/keys", "https://[::1", "https://host:port/keys"),
    ],
)
def test_keys_are_not_asked_of_an_address_that_anybody_may_answer_for(url):
    with pytest.raises(SettingsError, match="EXCHANGE_JWKS_URL") as refused:
        make_settings(URL, **{**GOOD, "EXCHANGE_JWKS_URL": url})
    assert "secret" not in str(refused.value)


def test_the_demo_may_ask_its_own_machine_and_no_other():
    here = GOOD | {"EXCHANGE_JWKS_URL": "http://localhost:9000/keys", "GOODFAITH_DEMO": "1"}
    assert make_settings(URL, **here).exchange is not None
    there = here | {"EXCHANGE_JWKS_URL": "http://localhost.evil.test/keys"}
    with pytest.raises(SettingsError):
        make_settings(URL, **there)


@pytest.mark.parametrize("name", ["none", "HS256", "HS512", "es256", "", "RS1", "*"])
def test_only_signatures_with_a_pair_of_keys_are_accepted(name):
    with pytest.raises(SettingsError, match="EXCHANGE_ALGORITHMS"):
        make_settings(URL, **GOOD, EXCHANGE_ALGORITHMS=f"RS256,{name}")
    assert not {each for each in ASYMMETRIC if each.startswith(("HS", "no"))}
