"""Each failure of FCM, met by the real client: what it comes to, and that nothing goes twice."""

import threading
from datetime import timedelta

from sqlalchemy import select

from backend.contacts.models import ContactEntry
from backend.events.contacts import Channel as Way
from backend.events.contacts import Purpose
from backend.kit import clock
from notifications.channels.fcm import Fcm
from notifications.channels.rules import Fate, Outcome
from notifications.deliveries import service
from notifications.deliveries.models import NotificationDelivery
from notifications.deliveries.sender import Sender
from notifications.devices import queries as devices
from tests.clock import NOW
from tests.deliveries.conftest import Recorder, at, fates, lose, send_due, standing
from tests.factories.loans import make_borrower
from tests.factories.notifications import make_intent

CASES = {
    # address: where its delivery stands after the first try, and what the ledger says
    "fake-unregistered": ("prevented", "device_gone", "not_delivered"),
    "fake-mismatch": ("prevented", "device_gone", "not_delivered"),
    "fake-quota": ("planned", "429 QuotaExceeded", "not_delivered"),
    "fake-unavailable": ("planned", "503 Unavailable", "not_delivered"),
    "fake-internal": ("planned", "500 Internal", "not_delivered"),
    "fake-invalid": ("failed", "refused", "not_delivered"),
    "fake-thirdparty": ("planned", "401 ThirdPartyAuth", "not_delivered"),
    "fake-slow": ("planned", "TIMED_OUT", "sent"),
    "fake-reset": ("planned", "CUT_OFF", "sent"),
    "by-the-way": ("accepted", None, "sent"),
}


def test_each_failure_is_dealt_with_by_itself(session, push, planned):
    """One batch of all: none of them costs another its outcome."""
    people = {address: planned(address) for address in CASES}
    assert send_due(push) == len(CASES)
    for address, (state, why, said) in CASES.items():
        who = people[address]
        assert standing(session, who) == [(state, why)], address
        ledger = select(ContactEntry.outcome).where(ContactEntry.borrower_id == who)
        assert session.execute(ledger).scalars().all() == [said], address
        is_gone = why == "device_gone"
        assert bool(devices.list_live(session, borrower_ids=[who])) is not is_gone
    due = select(NotificationDelivery.due_at).where(
        NotificationDelivery.borrower_id == people["fake-quota"]
    )
    assert session.execute(due).scalar_one() == NOW + timedelta(seconds=60)


def test_a_failure_passes_and_the_message_goes_out_once(session, push, planned, fcm):
    who = planned("fake-unavailable-once")
    send_due(push)
    assert send_due(push) == 0  # it waits
    with at(minutes=2):
        assert send_due(push) == 1
    with at(minutes=9):
        assert send_due(push) == 0
    assert standing(session, who) == [("accepted", None)]
    assert fates(session, who) == ["later", "accepted"]
    assert fcm.addresses.count("fake-unavailable-once") == 1


def test_what_may_have_arrived_is_repeated_under_the_same_tag_alone(session, push, planned, fcm):
    who = planned("fake-reset-once")
    send_due(push)
    with at(minutes=2):
        send_due(push)
    assert fates(session, who) == ["unknown", "accepted"]
    sent = [each for each in fcm.fake.log if "fake-reset-once" in each.values()]
    assert len(sent) == 2
    assert len({each["android"]["notification"]["tag"] for each in sent}) == 1
    assert len({each["apns"]["headers"]["apns-collapse-id"] for each in sent}) == 1


def test_what_is_never_known_is_repeated_three_times_at_most(session, push, planned):
    who = planned("fake-reset")
    for minute in range(0, 60, 10):
        with at(minutes=minute):
            send_due(push)
    assert fates(session, who) == ["unknown"] * 3
    assert standing(session, who) == [("unknown", None)]


def test_a_text_message_that_may_have_arrived_is_not_repeated(session, texts):
    who = make_borrower(session, phone="+86 139 1234 5678")
    make_intent(session, borrower_id=who, purpose=Purpose.SECURITY)
    service.plan_due(session, now=NOW)
    texts.channel = Recorder(Outcome(Fate.UNKNOWN, code="TIMED_OUT"))
    assert send_due(texts) == 1
    with at(hours=1):
        assert send_due(texts) == 0
    assert standing(session, who) == [("unknown", None)]


def test_refused_access_rests_the_channel_before_anything_is_leased(session, planned, fcm):
    channel = Fcm(fcm.settings(access_path="/token/refused"), timeout_seconds=1)
    sender = Sender(Way.PUSH, channel)
    who = planned("patient")
    assert sender.take(10) == []
    assert sender.breaker.is_open
    assert sender.take(10) == []
    assert standing(session, who) == [("planned", None)]
    assert fates(session, who) == []
    channel.close()


def test_what_a_dead_process_had_begun_is_unknown_and_the_rest_is_simply_sent(
    session, push, planned
):
    begun, leased = planned("begun"), planned("leased")
    (ready,) = push.take(1)
    assert ready.tried.borrower_id == begun
    service.lease_due(session, channel=Way.PUSH, limit=9, now=NOW, wall=clock.wall())
    lose(session)
    args = {"now": NOW, "wall": clock.wall(), "chance": lambda: 0.0}
    assert service.sweep_lost(session, **args) == 2
    assert service.sweep_lost(session, **args) == 0
    with at(minutes=5):
        assert send_due(push) == 2
    assert (fates(session, begun), fates(session, leased)) == (
        ["unknown", "accepted"],
        ["accepted"],
    )


def test_whoever_was_taken_for_dead_and_was_not_is_believed(session, push, planned):
    who = planned("late")
    (ready,) = push.take(1)
    result = push.send(ready)
    lose(session)
    service.sweep_lost(session, now=NOW, wall=clock.wall(), chance=lambda: 0.0)
    push.note([result])
    assert fates(session, who) == ["accepted"]


def test_outcomes_that_could_not_be_noted_together_are_noted_one_by_one(session, push, planned):
    first, second = planned("one"), planned("two")
    results = [push.send(each) for each in push.take(2)]
    # Something about the second cannot be stored: it is not the first's matter.
    broken = (results[1][0]._replace(number="no number"), results[1][1])
    push.note([results[0], broken])
    assert standing(session, results[0][0].borrower_id) == [("accepted", None)]
    assert len(push._unnoted) == 1
    push._unnoted = []
    push.note([results[1]])
    assert {*standing(session, first), *standing(session, second)} == {("accepted", None)}


def test_what_is_under_way_is_noted_although_no_more_can_be_taken(session, planned):
    who, stopping, failed = planned("under-way"), threading.Event(), threading.Event()

    class Troubled(Recorder):
        looks = 0

        def prepare(self):
            self.looks += 1
            if self.looks == 2:
                failed.set()
                raise ConnectionError
            if self.looks > 2:
                stopping.set()

        def send(self, message):
            failed.wait(10)
            return super().send(message)

    Sender(Way.PUSH, Troubled(), chance=lambda: 0.0).run(stopping)
    assert standing(session, who) == [("accepted", None)]


def test_a_lease_that_is_nearly_over_begins_nothing(session, push, planned, fcm):
    planned("too-late")
    (ready,) = push.take(1)
    _, outcome = push.send(ready._replace(until=clock.wall() + timedelta(seconds=5)))
    assert outcome.fate is Fate.LATER
    assert "too-late" not in fcm.addresses


def test_without_a_channel_a_message_ends_in_the_inbox_and_says_so(session, planned):
    who = planned("nobody")
    assert Sender(Way.PUSH, None).take(10) == []
    assert standing(session, who) == [("prevented", "no_channel")]
