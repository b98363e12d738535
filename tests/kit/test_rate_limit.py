"""Limits by class of route, counted in the real server, and what happens while it is away."""

import os
import signal
import time
from ipaddress import ip_network

import pytest
import redis  # noqa: TID251 - as any client of the server would

from backend.kit import addresses, rate_limit
from backend.kit.embedded import leftovers
from backend.kit.embedded.valkey import Valkey
from backend.kit.rate_limit import CLASSES, CountedBy, WhenAway
from tests.factories.loans import make_borrower
from tests.fixtures.api import bearer

AWAY_SECONDS_MAX = 2.0  # of one request while the server is paused; each try takes 50 ms
LAST_SECONDS = 5
CARE = {"X-Access-Purpose": "complaint"}
FOUND = "/v1/staff/borrowers?q=nobody"


@pytest.fixture
def valkey(tmp_path):
    server = Valkey(tmp_path / "data")
    server.start()
    yield server
    for pid in leftovers.list_processes_in(tmp_path / "data/valkey"):
        os.kill(pid, signal.SIGCONT)
    server.stop()


@pytest.fixture(autouse=True)
def one_minute():
    """No test begins in one minute and ends in the next."""
    left = rate_limit.WINDOW_SECONDS - time.time() % rate_limit.WINDOW_SECONDS
    if left < LAST_SECONDS:
        time.sleep(left)


@pytest.fixture
def limit(app, settings):
    """`limit(url, default=3)`: from now on these numbers, counted there."""
    yield lambda url, **numbers: rate_limit.configure(
        url=url, per_minute=settings.requests_per_minute | numbers
    )
    rate_limit.configure(url=None, per_minute=settings.requests_per_minute)
    addresses.configure(trusted=())


def statuses(api, path, times, **kwargs):
    return [api.get(path, **kwargs).status_code for _ in range(times)]


def kill(valkey, tmp_path, number=signal.SIGKILL):
    for pid in leftovers.list_processes_in(tmp_path / "data/valkey"):
        os.kill(pid, number)
    while number == signal.SIGKILL and not valkey.is_down():
        pass


def test_a_caller_is_slowed_and_told_until_when_and_no_other_is(
    valkey, limit, session, borrower_api
):
    limit(valkey.url, default=3)
    me, other = (borrower_api(make_borrower(session)) for _ in range(2))
    first = me.get("/v1/me")
    assert first.headers["RateLimit-Policy"] == '"default";q=3;w=60'
    assert first.headers["RateLimit"].startswith('"default";r=2;t=')
    assert statuses(me, "/v1/me", 2) == [200, 200]
    refused = me.get("/v1/me")
    assert (refused.status_code, refused.json["code"]) == (429, "too-many-requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit"].startswith('"default";r=0;t=')
    assert other.get("/v1/me").status_code == 200


def test_processes_count_together(valkey, limit, session, borrower_api):
    me = borrower_api(make_borrower(session))
    limit(valkey.url, default=2)
    assert statuses(me, "/v1/me", 2) == [200, 200]
    limit(valkey.url, default=2)  # as another process would begin
    assert statuses(me, "/v1/me", 1) == [429]


def test_classes_are_counted_apart(valkey, limit, staff_api):
    limit(valkey.url, look_up=2)
    officer = staff_api("risk_officer")
    found = officer.get(FOUND, headers=CARE)
    assert found.headers["RateLimit-Policy"] == '"look_up";q=2;w=60'
    assert statuses(officer, FOUND, 2, headers=CARE) == [200, 429]
    assert officer.get("/v1/facts").status_code == 200


def test_a_flood_of_bad_tokens_is_slowed_by_where_it_comes_from(
    valkey, limit, public_api, session, borrower_api
):
    limit(valkey.url, refused=3)
    addresses.configure(trusted=[ip_network("127.0.0.0/8")])
    good = borrower_api(make_borrower(session))
    flood, elsewhere = ({"X-Forwarded-For": f"203.0.113.{n}"} for n in (1, 2))
    bad = bearer("no-token")
    assert statuses(public_api, "/v1/me", 4, headers=bad | flood) == [401, 401, 401, 429]
    # Other doors, no token at all, and a made-up hop in front are the same flood.
    assert statuses(public_api, "/v1/facts", 1, headers=flood) == [429]
    spoofed = {"X-Forwarded-For": "198.51.100.7, 203.0.113.1"}
    assert statuses(public_api, "/v1/me", 1, headers=bad | spoofed) == [429]
    assert statuses(public_api, "/v1/me", 1, headers=bad | elsewhere) == [401]
    # Who shares the address and has a token goes on.
    assert statuses(good, "/v1/me", 5, headers=flood) == [200] * 5


def test_while_the_server_is_away_open_classes_go_on_and_closed_ones_refuse(
    valkey, limit, session, borrower_api, staff_api, tmp_path
):
    limit(valkey.url, default=3)
    me, officer = borrower_api(make_borrower(session)), staff_api("risk_officer")
    assert officer.get(FOUND, headers=CARE).status_code == 200

    kill(valkey, tmp_path)

    assert statuses(me, "/v1/me", 4) == [200, 200, 200, 429]
    refused = officer.get(FOUND, headers=CARE)
    assert (refused.status_code, refused.json["code"]) == (503, "unavailable")
    assert refused.headers["Retry-After"] == "2"

    valkey.start()
    time.sleep(rate_limit.RETRY_SERVER_AFTER_SECONDS)
    assert officer.get(FOUND, headers=CARE).status_code == 200


def test_a_paused_server_holds_nobody_up(valkey, limit, session, borrower_api, staff_api, tmp_path):
    limit(valkey.url)
    me, officer = borrower_api(make_borrower(session)), staff_api("risk_officer")
    assert me.get("/v1/me").status_code == 200

    kill(valkey, tmp_path, signal.SIGSTOP)
    began = time.monotonic()
    assert statuses(me, "/v1/me", 3) == [200] * 3
    assert officer.get(FOUND, headers=CARE).status_code == 503
    assert time.monotonic() - began < AWAY_SECONDS_MAX

    kill(valkey, tmp_path, signal.SIGCONT)
    time.sleep(rate_limit.RETRY_SERVER_AFTER_SECONDS)
    assert officer.get(FOUND, headers=CARE).status_code == 200


def test_after_a_flush_counting_begins_anew(valkey, limit, session, borrower_api):
    limit(valkey.url, default=2)
    me = borrower_api(make_borrower(session))
    assert statuses(me, "/v1/me", 3) == [200, 200, 429]
    with redis.Redis.from_url(valkey.url) as client:
        client.flushall()
    assert statuses(me, "/v1/me", 3) == [200, 200, 429]


def test_without_a_server_each_process_counts_and_closed_classes_are_open(limit, staff_api):
    limit(None, look_up=2)
    officer = staff_api("risk_officer")
    assert statuses(officer, FOUND, 3, headers=CARE) == [200, 200, 429]


def test_what_is_counted_is_forgotten(valkey, limit, session, borrower_api):
    limit(valkey.url)
    borrower_api(make_borrower(session)).get("/v1/me")
    with redis.Redis.from_url(valkey.url) as client:
        (key,) = client.keys()
        assert 0 < client.ttl(key) <= 2 * rate_limit.WINDOW_SECONDS


def test_the_table_of_classes():
    table = {
        each.name: (each.per_minute, each.counted_by, each.when_away, each.setting)
        for each in CLASSES
    }
    token, address = (CountedBy.TOKEN,), (CountedBy.ADDRESS,)
    name = "REQUESTS_PER_MINUTE"
    assert table == {
        "default": (1_200, token, WhenAway.OPEN, name),
        "public": (600, address, WhenAway.OPEN, f"{name}_PUBLIC"),
        "log_in": (60, address, WhenAway.OPEN, f"{name}_LOG_IN"),
        "evidence": (3_000, address, WhenAway.OPEN, f"{name}_EVIDENCE"),
        "look_up": (120, token, WhenAway.CLOSED, f"{name}_LOOK_UP"),
        "quotes": (60, token, WhenAway.OPEN, f"{name}_QUOTES"),
        "verify": (60, address, WhenAway.OPEN, f"{name}_VERIFY"),
        "ingest": (60_000, token, WhenAway.OPEN, f"{name}_INGEST"),
        "refused": (300, address, WhenAway.OPEN, f"{name}_REFUSED"),
    }
