"""Somebody in need waits: staff on duty are called, once, until it is taken; it names nobody."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook as Checker

from backend.events.community import CrisisRaised
from backend.kit import clock
from backend.kit.db import transaction
from backend.kit.outbox import announce
from backend.kit.providers import Webhook
from community.moderation.watch import crisis_waits
from notifications.alerts import ringing, service
from notifications.alerts.models import StaffAlert
from notifications.alerts.ringing import Ringer
from notifications.alerts.rules import Kind, wait_after
from tests.clock import NOW
from tests.factories.loans import make_borrower
from tests.fakes.receiver import receiving
from tests.fixtures.api import new_key
from tests.fixtures.certificates import make_certificate

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # noqa: S105 - signs for nobody


@pytest.fixture
def gateway(tmp_path, monkeypatch):
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with receiving(certificate) as receiver:
        yield receiver


@pytest.fixture
def ringer(gateway):
    return Ringer(Webhook(gateway.url(), SECRET), waits=lambda: True, timeout_seconds=0.5)


@pytest.fixture
def raised(session, deliver):
    """`raised(2)`: so many cries for help have left the wall and were heard."""

    def make(count=1):
        for _ in range(count):
            announce(session, CrisisRaised(None, NOW))
        deliver()

    return make


@pytest.fixture
def alerts(session):
    def ask():
        found = select(StaffAlert.__table__).order_by(StaffAlert.raised_at)
        return list(session.execute(found))

    return ask


def ids(gateway):
    return [call.headers["webhook-id"] for call in gateway.calls]


def test_a_cry_for_help_calls_staff_once_and_says_nothing_of_whom(
    session, borrower_api, deliver, gateway
):
    borrower_id = make_borrower(session)
    words = {"title": "Alone", "body": "I want to end my life.", "topic": "budget"}
    wrote = borrower_api(borrower_id).post("/v1/community/posts", json=words, headers=new_key())
    assert wrote.status_code == 201, wrote.text
    deliver()
    ringer = Ringer(Webhook(gateway.url(), SECRET), waits=crisis_waits)
    assert ringer.ring(now=clock.wall()) is True
    assert ringer.ring(now=clock.wall() + timedelta(days=1)) is False
    [call] = gateway.calls
    assert Checker(SECRET).verify(call.body, call.headers)
    said = json.loads(call.body)
    assert said.keys() == {"type", "timestamp", "data"}
    assert (said["type"], said["data"]) == ("crisis.waiting", {"queue": "crisis"})


def test_it_rings_again_under_one_id_until_somebody_takes_it(ringer, gateway, raised, alerts):
    raised()
    at = clock.wall()
    gateway.says(503)
    for tries in range(1, 8):
        assert ringer.ring(now=at) is True
        assert ringer.ring(now=at + wait_after(tries) - timedelta(seconds=1)) is False
        at += wait_after(tries)
    assert (alerts()[0].tries, alerts()[0].last_failure) == (7, "503")
    gateway.resets()
    ringer.ring(now=at)
    assert (alerts()[0].ended_at, alerts()[0].last_failure) == (None, "cut_off")
    gateway.says(202)
    ringer.ring(now=at + timedelta(minutes=5))
    assert alerts()[0].outcome == "accepted"
    assert len(ids(gateway)) == 9
    assert len(set(ids(gateway))) == 1


def test_many_in_a_minute_ring_once_and_the_next_minute_once_more(ringer, gateway, raised):
    raised(5)
    raised(5)
    at = clock.wall()
    ringer.ring(now=at)
    raised(5)
    assert ringer.ring(now=at + timedelta(seconds=55)) is False
    assert ringer.ring(now=at + timedelta(seconds=65)) is True
    assert len(set(ids(gateway))) == 2


def test_what_happens_while_it_rings_is_not_lost(session, gateway, raised, alerts):
    raised()
    at = clock.wall()

    def nobody_waits_any_more():
        raised()  # between the look at the queue and the end of the alert
        return False

    Ringer(Webhook(gateway.url(), SECRET), waits=nobody_waits_any_more).ring(now=at)
    assert [row.ended_at for row in alerts()] == [None]
    assert service.take_due(session, now=at).kind is Kind.CRISIS


def test_a_worker_that_dies_while_it_calls_leaves_the_alert_to_others(
    ringer, gateway, raised, session
):
    raised()
    at = clock.wall()
    lost = service.take_due(session, now=at)  # and then its machine is gone
    assert ringer.ring(now=at) is False
    assert ringer.ring(now=at + wait_after(1)) is True
    assert ids(gateway) == [f"alert_{lost.id.hex}"]


def test_nobody_is_called_when_nothing_waits_any_more(gateway, raised, alerts):
    raised()
    Ringer(Webhook(gateway.url(), SECRET), waits=crisis_waits).ring(now=clock.wall())
    assert ([row.outcome for row in alerts()], gateway.calls) == (["not_needed"], [])


def test_a_queue_that_cannot_be_read_rings_all_the_same(gateway, raised):
    raised()

    def away():
        raise ConnectionError

    Ringer(Webhook(gateway.url(), SECRET), waits=away).ring(now=clock.wall())
    assert len(gateway.calls) == 1


def test_without_a_gateway_the_log_says_it_once(raised, alerts, caplog):
    raised(3)
    ringer = Ringer(None, waits=lambda: True)
    ringer.ring(now=clock.wall())
    assert ringer.ring(now=clock.wall() + timedelta(days=1)) is False
    assert [row.outcome for row in alerts()] == ["logged"]
    assert caplog.text.count("crisis_raised") == 1


@pytest.mark.commits
def test_many_workers_and_many_cries_at_once_ring_once(session, own_database, gateway):
    at, stopping = clock.wall(), threading.Event()

    def cry(_):
        with transaction() as own:
            service.raise_alert(own, kind=Kind.CRISIS, now=at)

    def wait_until_called():
        ends_at = time.monotonic() + 20
        while not gateway.calls:
            assert time.monotonic() < ends_at, "nobody was called"
            stopping.wait(0.02)

    ringing.configure(Webhook(gateway.url(), SECRET), waits=None)
    try:
        with ThreadPoolExecutor(8) as pool:
            cries = [pool.submit(cry, number) for number in range(40)]
            loops = [pool.submit(ringing.LOOPS[0].run, stopping) for _ in range(4)]
            try:
                for each in cries:
                    each.result()
                wait_until_called()
            finally:
                stopping.set()
            for each in loops:
                each.result()
    finally:
        ringing.configure(None, waits=None)
    assert len(gateway.calls) == 1
    # Whatever was said after the call began rings a minute later.
    open_ones = session.execute(
        select(StaffAlert.due_at).where(StaffAlert.ended_at.is_(None))
    ).scalars()
    assert all(due_at > at + timedelta(seconds=55) for due_at in open_ones)
