"""Who sends what: one sender at a time, no endpoint beyond its share, nothing lost by a kill."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from backend.kit import clock
from backend.kit.db import transaction
from backend.webhooks import service
from backend.webhooks.models import WebhookDelivery, WebhookEndpoint
from backend.webhooks.rules import (
    IN_FLIGHT_MAX,
    LEASE,
    Result,
)
from backend.webhooks.sender import IDLE_SECONDS, Sender
from backend.webhooks.service.messages import News
from tests.clock import NOW
from tests.factories.loans import make_borrower
from tests.fakes.receiver import OK, receiving
from tests.fixtures import leaks
from tests.fixtures.api import new_key
from tests.webhooks.conftest import checked, instruct, make_sender


def test_one_that_fails_is_asked_one_thing_at_a_time_and_starves_nobody(
    add, tell, receiver, sender, session
):
    good = add(url=receiver.url(path="/good"))
    bad = add(url=receiver.url(path="/bad"))
    tell(10)
    session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == bad.id)
        .values(failures=1, failing_since=clock.wall())
    )
    leases = sender.take(100)
    taken = [str(lease.endpoint_id) for lease in leases]
    assert (taken.count(good.id), taken.count(bad.id)) == (IN_FLIGHT_MAX, 1)
    assert sender.take(100) == []
    sender.send(next(lease for lease in leases if str(lease.endpoint_id) == good.id))
    assert [str(lease.endpoint_id) for lease in sender.take(100)] == [good.id]


def test_few_places_are_shared_turn_by_turn(add, tell, receiver, sender):
    for place in range(3):
        add(url=receiver.url(path=f"/{place}"))
    tell(9)
    turns = [[str(lease.endpoint_id) for lease in sender.take(3)] for _ in range(4)]
    assert [len(set(turn)) for turn in turns] == [3, 3, 3, 3]


def test_what_is_to_be_done_goes_before_what_is_told(add, tell, receiver, sender, session):
    add(event_types=["penalty.freeze", "badge.awarded"])
    ann = make_borrower(session)
    told = News("badge.awarded", borrower_id=ann, occurred_at=NOW, data={})
    long_ago = clock.wall() - timedelta(hours=1)
    service.write_messages(session, news=[told] * 20, now=long_ago)
    session.commit()
    tell(2, external_id="to-be-frozen")
    kinds = [json.loads(lease.body)["type"] for lease in sender.take(100)]
    assert kinds == ["penalty.freeze"] * 2 + ["badge.awarded"] * (IN_FLIGHT_MAX - 2)


def test_what_is_to_be_done_and_waits_keeps_nothing_that_is_told_waiting(
    add, tell, receiver, sender, session
):
    add(event_types=["penalty.freeze", "badge.awarded"])
    tell(2)
    session.execute(update(WebhookDelivery).values(due_at=clock.wall() + timedelta(hours=1)))
    ann = make_borrower(session)
    told = News("badge.awarded", borrower_id=ann, occurred_at=NOW, data={})
    service.write_messages(session, news=[told], now=clock.wall())
    session.commit()
    kinds = [json.loads(lease.body)["type"] for lease in sender.take(100)]
    assert kinds == ["badge.awarded"]


def test_what_was_sent_and_not_noted_is_sent_again_under_the_same_id(
    endpoint, tell, receiver, sender, session, log
):
    """As after a kill between the call and its note: the lease runs out."""
    tell()
    [lost] = sender.take(10)
    assert sender.take(10) == []
    sender._call(lost)
    later = clock.wall() + LEASE + timedelta(seconds=1)
    [again] = service.lease_due(session, limit=10, now=later)
    sender.send(again)
    ids = [call.headers["webhook-id"] for call in receiver.calls]
    assert ids == [str(lost.message_id)] * 2
    [item] = log()
    assert (item["state"], item["attempts"]) == ("delivered", 2)


def test_a_late_failure_does_not_undo_what_another_sender_has_in_hand(
    endpoint, tell, receiver, sender, session, log
):
    tell()
    [slow] = sender.take(10)
    later = clock.wall() + LEASE + timedelta(seconds=1)
    [second] = service.lease_due(session, limit=10, now=later)
    receiver.says(500)
    sender.send(slow)
    [item] = log()
    assert (item["state"], item["attempts"], item["last_status"]) == ("pending", 2, None)
    receiver.says(200)
    sender.send(second)
    assert log()[0]["state"] == "delivered"


@pytest.mark.parametrize("late", [Result(503, None, "86400"), Result(410), Result(500)])
def test_a_late_failure_says_nothing_of_the_endpoint(
    late, endpoint, tell, sender, session, client_api
):
    tell()
    [slow] = sender.take(10)
    later = clock.wall() + LEASE + timedelta(seconds=1)
    [second] = service.lease_due(session, limit=10, now=later)
    record(session, second, Result(200), now=later)
    before = client_api.get(endpoint.path).json
    record(session, slow, late, now=later)
    assert client_api.get(endpoint.path).json == before
    assert (before["failures"], before["paused_until"], before["disabled_at"]) == (0, None, None)


def test_a_late_failure_says_nothing_while_another_has_it_in_hand(
    endpoint, tell, sender, session, client_api
):
    tell()
    [slow] = sender.take(10)
    later = clock.wall() + LEASE + timedelta(seconds=1)
    [second] = service.lease_due(session, limit=10, now=later)
    record(session, slow, Result(410), now=later)
    assert client_api.get(endpoint.path).json["disabled_at"] is None
    record(session, second, Result(410), now=later)
    assert client_api.get(endpoint.path).json["disabled_why"] == "gone"


def test_a_late_success_counts_whoever_has_it_in_hand(
    endpoint, tell, receiver, sender, session, log
):
    tell()
    [slow] = sender.take(10)
    later = clock.wall() + LEASE + timedelta(seconds=1)
    [second] = service.lease_due(session, limit=10, now=later)
    sender.send(slow)
    assert log()[0]["state"] == "delivered"
    receiver.says(500)
    sender.send(second)
    assert log()[0]["state"] == "delivered"


@pytest.mark.commits
def test_two_workers_send_each_message_once_and_no_more_than_may_be_at_a_time(
    add, session, own_database, receiver, deliver
):
    add()
    ann = make_borrower(session)
    for place in range(60):
        instruct(session, borrower_id=ann, occasion=str(place))
    session.commit()
    deliver()

    def linger(wire):
        time.sleep(0.01)
        wire.sendall(OK)

    receiver.respond = linger
    with working(make_sender()), working(make_sender()):
        wait_until(lambda: count_of(session, "delivered") == 60)
    ids = [call.headers["webhook-id"] for call in receiver.calls]
    assert len(ids) == len(set(ids)) == 60
    assert 1 < receiver.in_flight_most <= IN_FLIGHT_MAX


@pytest.mark.commits
def test_a_slow_endpoint_does_not_hold_up_the_others(add, session, own_database, receiver, deliver):
    with receiving() as slow:
        slow.waits()
        stuck = add(url=slow.url())
        quick = add()
        ann = make_borrower(session)
        for place in range(40):
            instruct(session, borrower_id=ann, occasion=str(place))
        session.commit()
        deliver()
        with working(make_sender()):
            wait_until(lambda: count_of(session, "delivered", endpoint_id=quick.id) == 40)
        assert count_of(session, "delivered", endpoint_id=stuck.id) == 0
        assert slow.calls


@pytest.mark.commits
def test_many_workers_that_take_at_once_take_each_once_and_keep_to_the_share(
    add, session, own_database, receiver, deliver
):
    for place in range(4):
        add(url=receiver.url(path=f"/{place}"))
    ann = make_borrower(session)
    for place in range(30):
        instruct(session, borrower_id=ann, occasion=str(place))
    session.commit()
    deliver()
    with ThreadPoolExecutor(8) as pool:
        taken = [lease for some in pool.map(lambda _: take(), range(40)) for lease in some]
    keys = [(lease.endpoint_id, lease.message_id) for lease in taken]
    assert len(keys) == len(set(keys)) == 4 * IN_FLIGHT_MAX
    of_each = Counter(endpoint for endpoint, _ in keys)
    assert set(of_each.values()) == {IN_FLIGHT_MAX}


@pytest.mark.commits
def test_what_a_killed_worker_had_in_hand_is_sent_by_another(
    add, session, own_database, receiver, deliver
):
    add()
    ann = make_borrower(session)
    for place in range(3):
        instruct(session, borrower_id=ann, occasion=str(place))
    session.commit()
    deliver()
    lost = take()
    assert len(lost) == 3
    with working(make_sender()):
        time.sleep(2 * IDLE_SECONDS)
        assert receiver.calls == []
        session.execute(
            update(WebhookDelivery).values(leased_until=clock.wall(), due_at=clock.wall())
        )
        session.commit()
        wait_until(lambda: count_of(session, "delivered") == 3)
    assert {call.headers["webhook-id"] for call in receiver.calls} == {
        str(lease.message_id) for lease in lost
    }


@pytest.mark.commits
def test_a_rotation_and_a_replay_go_on_while_it_is_sent(
    add, session, own_database, receiver, deliver, client_api
):
    endpoint = add()
    ann = make_borrower(session)
    for place in range(40):
        instruct(session, borrower_id=ann, occasion=str(place))
    session.commit()
    deliver()
    span = {
        "since": "2020-01-01T00:00:00Z",
        "until": "2100-01-01T00:00:00Z",
        "only_failed": False,
    }
    with working(make_sender()), working(make_sender()):
        newer = client_api.post(f"{endpoint.path}/rotate", json={}).json["secret"]
        leaks.watch(secret=newer)
        for _ in range(5):
            answer = client_api.post(f"{endpoint.path}/replays", json=span, headers=new_key())
            assert answer.status_code == 202, answer.text
        wait_until(lambda: count_of(session, "delivered") == 40)
    for call in receiver.calls:
        checked(call, endpoint.secret)
    checked(receiver.calls[-1], newer)


def record(session, lease, result, *, now) -> None:
    service.record_result(
        session, lease, result=result, began_at=now, took_ms=1, share=1.0, now=now
    )
    session.commit()


def take() -> list[service.Lease]:
    with transaction() as own:
        return service.lease_due(own, limit=100, now=clock.wall())


def count_of(session, state: str, *, endpoint_id: str | None = None) -> int:
    session.rollback()
    query = select(func.count()).where(WebhookDelivery.state == state)
    if endpoint_id is not None:
        query = query.where(WebhookDelivery.endpoint_id == endpoint_id)
    return session.execute(query).scalar_one()


@contextmanager
def working(sender: Sender) -> Iterator[None]:
    """A worker's loop in a thread of its own, until the end."""
    stopping = threading.Event()
    thread = threading.Thread(target=sender.run, args=(stopping,))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def wait_until(what: Callable[[], bool], *, seconds_max: float = 20.0) -> None:
    began = time.monotonic()
    while not what():
        assert time.monotonic() < began + seconds_max, "it did not come in time"
        time.sleep(0.05)
