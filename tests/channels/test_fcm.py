"""The vendor's client against a stand-in that fails as FCM does: what each failure comes to."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.channels.fcm import Fcm
from notifications.channels.rules import Fate, Push

PUSH = Push(
    address="device-1",
    address_kind="token",
    title="Goodfaith",
    body="You have a new message.",
    data={"intent_id": "1"},
    tag="0190",
    collapse_key="account",
    ttl=timedelta(hours=3),
)


def to(address, **changes):
    return replace(PUSH, address=address, **changes)


def test_what_is_sent_has_an_end_a_tag_and_a_collapse_key(fcm, open_fcm):
    channel = open_fcm()
    assert channel.prepare() is None
    for kind in ("token", "fid"):
        outcome = channel.send(to(f"by-{kind}", address_kind=kind))
        assert (outcome.fate, bool(outcome.provider_ref)) == (Fate.ACCEPTED, True)
        (sent,) = [each for each in fcm.fake.log if each.get(kind) == f"by-{kind}"]
        assert sent["android"]["ttl"] == "10800s"
        assert sent["android"]["collapse_key"] == "account"
        assert sent["android"]["notification"]["tag"] == "0190"
        assert sent["apns"]["headers"]["apns-collapse-id"] == "0190"
        assert sent["webpush"]["headers"]["TTL"] == "10800"
        assert "topic" not in sent


CASES = {
    "unregistered": Fate.GONE,
    "mismatch": Fate.FOREIGN,
    "quota": Fate.LATER,
    "unavailable": Fate.LATER,
    "internal": Fate.LATER,
    "invalid": Fate.REFUSED,
    "invalid-once": Fate.LATER,
    "thirdparty": Fate.BROKEN,
    "forbidden": Fate.BROKEN,
    "slow": Fate.UNKNOWN,
    "reset": Fate.UNKNOWN,
    "halfopen": Fate.UNKNOWN,
}


@pytest.mark.parametrize("case", CASES)
def test_each_failure_has_its_fate_and_none_is_tried_twice(fcm, open_fcm, case):
    channel = open_fcm()
    calls = fcm.fake.calls
    outcome = channel.send(to(f"fake-{case}"))
    assert outcome.fate is CASES[case]
    asks_to_wait = case in ("quota", "unavailable")
    assert outcome.wait == (timedelta(seconds=60) if asks_to_wait else None)
    # Invalid ones are probed once; at a 401 the client fetches new access, twice, by itself.
    more = 1 if "invalid" in case else 2 if case == "thirdparty" else 0
    assert fcm.fake.calls - calls == 1 + more
    assert fcm.addresses.count(f"fake-{case}") == (CASES[case] is Fate.UNKNOWN)


@pytest.mark.parametrize(
    ("path", "fate"),
    [("/token/dead", Fate.LATER), ("/token/slow", Fate.LATER), ("/token/refused", Fate.BROKEN)],
)
def test_without_access_nothing_is_begun(fcm, open_fcm, path, fate):
    channel = open_fcm(access_path=path)
    calls = fcm.fake.calls
    assert channel.prepare().fate is fate
    if path == "/token/refused":
        assert channel.send(PUSH).fate is fate
    assert fcm.fake.calls == calls


def test_nobody_there_is_known_to_be_nothing_sent(fcm):
    channel = Fcm(replace(fcm.settings(), base_url="http://127.0.0.1:9"), timeout_seconds=1)
    try:
        assert channel.send(PUSH).fate is Fate.LATER
    finally:
        channel.close()


def test_the_log_of_the_stand_in_is_read_in_pages(fcm, open_fcm):
    open_fcm().send(to("for-the-log"))
    page = fcm.fake.answer("GET", "/log?after=0", {}, b"")
    last = json.loads(page.encode().partition(b"\r\n\r\n")[2])["messages"][-1]
    assert "for-the-log" in last.values()
    after = fcm.fake.answer("GET", f"/log?after={last['seq']}", {}, b"")
    assert after.body["messages"] == []
