"""The last look: what was right when it was planned and is not any more does not go out."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from backend.borrowers.models import Borrower
from backend.contacts import service as contacts
from backend.events.contacts import Channel as Way
from backend.events.contacts import Purpose
from backend.kit import clock
from notifications.channels.rules import Fate, Outcome
from notifications.deliveries import service
from notifications.deliveries.sender import Sender
from notifications.devices import service as devices
from notifications.devices.models import Device
from notifications.preferences import service as preferences
from tests.clock import NOW, TODAY
from tests.deliveries.conftest import Recorder, at, send_due, standing
from tests.factories.devices import make_device
from tests.factories.loans import make_borrower, make_installments, make_loan, make_payment
from tests.factories.notifications import make_intent


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def push(recorder):
    return Sender(Way.PUSH, recorder, chance=lambda: 0.0)


@pytest.fixture
def reminded(session):
    """`reminded(due_on)`: a reminder of a loan, planned; the loan's external id and whose it is."""
    who = make_borrower(session, external_id="ann")
    rows = make_installments(2, first_due_on=TODAY + timedelta(days=3))
    loan, loan_id = make_loan(session, borrower="ann", installments=rows)
    make_device(session, who)
    make_intent(
        session,
        borrower_id=who,
        purpose=Purpose.REMINDER,
        template="reminder.due_in_3",
        subject=f"loan:{loan_id}",
        occasion="1:due_in_3",
        variables={"due_on": str(rows[0]["due_on"]), "amount_minor": 10_100, "currency": "CNY"},
    )
    service.plan_due(session, now=NOW)
    return who, loan


def test_paid_between_planning_and_sending_is_not_sent(session, push, recorder, reminded):
    _, loan = reminded
    make_payment(session, loan=loan, amount_minor=10_100)
    with at(hours=2):
        send_due(push)
    assert recorder.sent == []
    assert standing(session) == [("prevented", "paid")]


def test_an_unpaid_instalment_is_reminded_of_once_and_with_ids_alone(
    session, push, recorder, reminded
):
    _, loan = reminded
    make_payment(session, loan=loan, amount_minor=10_000)  # not all of it
    with at(hours=2):
        assert send_due(push) == 1
        assert send_due(push) == 0
    (sent,) = recorder.sent
    assert set(sent.data) == {"inbox_item_id", "delivery_id"}
    assert "10" not in sent.body + sent.title


def test_a_hold_that_began_since_holds_it_back(session, push, recorder, reminded):
    who, _ = reminded
    until_on = TODAY + timedelta(days=9)
    contacts.hold(session, borrower_id=who, cause="dispute:1", until_on=until_on, now=NOW)
    with at(hours=2):
        send_due(push)
    assert recorder.sent == []
    ((state, why),) = standing(session)
    assert state in ("dropped", "prevented")
    assert why.startswith("not_allowed,")


def test_a_second_reminder_of_the_day_waits_and_is_dropped_when_it_is_stale(
    session, push, recorder
):
    who = make_borrower(session)
    make_device(session, who)
    for occasion in ("1", "2"):
        make_intent(session, borrower_id=who, purpose=Purpose.REMINDER, occasion=occasion)
    service.plan_due(session, now=NOW)
    with at(hours=2):
        send_due(push)
    assert len(recorder.sent) == 1
    assert sorted(state for state, _ in standing(session)) == ["accepted", "planned"]
    with at(hours=26):
        send_due(push)
    assert len(recorder.sent) == 2
    make_intent(session, borrower_id=who, purpose=Purpose.REMINDER, occasion="3")
    service.plan_due(session, now=NOW)
    with at(days=3):
        send_due(push)
    assert len(recorder.sent) == 2
    assert "expired" in {why for _, why in standing(session)}


def test_night_in_her_zone_holds_and_morning_releases(session, push, recorder):
    """It was planned for the day, and an outage brought it into the night."""
    who = make_borrower(session)
    make_device(session, who)
    make_intent(session, borrower_id=who, purpose=Purpose.REMINDER)
    service.plan_due(session, now=NOW)
    with at(hours=9):  # 23:00 in Shanghai
        send_due(push)
    assert recorder.sent == []
    ((state, why),) = standing(session)
    assert (state, why.split(",")[0]) == ("planned", "not_allowed")
    with at(hours=18, minutes=59):
        assert send_due(push) == 0
    with at(hours=21):
        assert send_due(push) == 1


@pytest.mark.parametrize(("minutes", "count"), [(54, 1), (55, 0), (59, 0)])
def test_nothing_is_begun_that_may_go_out_in_the_night(session, push, recorder, minutes, count):
    """A message waits for its turn while its lease lasts, and providers are slow at times."""
    who = make_borrower(session)
    make_device(session, who)
    make_intent(session, borrower_id=who, purpose=Purpose.PLAN)
    service.plan_due(session, now=NOW)
    with at(hours=6, minutes=minutes):  # 20:54 and later; without a loan every law binds
        send_due(push)
    assert len(recorder.sent) == count
    if not count:
        assert standing(session) == [("planned", "not_allowed,US.hours")]


def test_what_she_switched_off_since_is_not_sent(session, push, recorder):
    who = make_borrower(session)
    make_device(session, who)
    make_intent(session, borrower_id=who, purpose=Purpose.RECEIPT)
    service.plan_due(session, now=NOW)
    preferences.opt_out(session, borrower_id=who, purpose=Purpose.RECEIPT, channel=None, now=NOW)
    send_due(push)
    assert (recorder.sent, standing(session)) == ([], [("prevented", "switched_off")])


def test_a_device_that_is_gone_since_is_not_rung(session, push, recorder):
    who = make_borrower(session)
    make_device(session, who, installation_id="phone-1")
    make_intent(session, borrower_id=who)
    service.plan_due(session, now=NOW)
    devices.remove(session, borrower_id=who, installation_id="phone-1", now=NOW)
    send_due(push)
    assert (recorder.sent, standing(session)) == ([], [("prevented", "device_gone")])


def test_all_her_devices_ring_for_one_reminder(session, push, recorder):
    """Two devices are one message: the day's limit is not used up by the first."""
    who = make_borrower(session)
    for name in ("a", "b"):
        make_device(session, who, installation_id=name, address=f"address-{name}")
    make_intent(session, borrower_id=who, purpose=Purpose.REMINDER)
    service.plan_due(session, now=NOW)
    with at(hours=2):
        assert send_due(push) == 2


# What speaks of a day to come is pushed on its own day alone; its text has a day and a night more.
@pytest.mark.parametrize("told_within", [timedelta(days=5), timedelta(hours=12)])
@pytest.mark.parametrize("is_received", [True, False])
def test_a_text_message_follows_a_day_later_unless_the_push_was_received(
    session, push, texts, borrower_api, is_received, told_within
):
    who = make_borrower(session, phone="+86 139 1234 5678")
    make_device(session, who)
    make_intent(
        session,
        borrower_id=who,
        purpose=Purpose.REMINDER,
        expires_at=NOW + told_within,
    )
    service.plan_due(session, now=NOW)
    with at(hours=2):
        send_due(push)
        (sent,) = push.channel.sent
    if is_received:
        path = f"/v1/me/deliveries/{sent.data['delivery_id']}/receipt"
        assert borrower_api(who).post(path, json={"event": "delivered"}).status_code == 204
    with at(hours=25):
        assert service.fall_over_due(session, now=clock.now())[1] == 0
    with at(hours=27):
        service.fall_over_due(session, now=clock.now())
        service.fall_over_due(session, now=clock.now())
    with at(hours=29):
        send_due(texts)
    assert len(texts.channel.sent) == (0 if is_received else 1)


def test_a_text_message_that_cannot_be_worded_stops_no_other(session, texts):
    for variables in ({}, {"due_on": "2026-11-26", "amount_minor": 1, "currency": "CNY"}):
        who = make_borrower(session, phone="+86 139 1234 5678")
        make_intent(
            session,
            borrower_id=who,
            purpose=Purpose.SECURITY,
            template="reminder.due_in_3",
            variables=variables,
        )
    service.plan_due(session, now=NOW)
    assert send_due(texts) == 1
    assert sorted(standing(session)) == [("accepted", None), ("prevented", "no_template")]


def test_what_no_key_opens_any_more_stops_no_other(session, push, texts, recorder):
    for name in ("read", "unreadable"):
        who = make_borrower(session, phone="+86 139 1234 5678")
        make_device(session, who, installation_id=name, address=name)
        make_intent(session, borrower_id=who, purpose=Purpose.SECURITY)
    session.execute(
        update(Device).where(Device.installation_id == "unreadable").values(address_cipher=b"?")
    )
    session.execute(update(Borrower).where(Borrower.id == who).values(phone_cipher=b"?"))
    service.plan_due(session, now=NOW)
    assert (send_due(push), send_due(texts)) == (1, 1)
    assert [each.address for each in recorder.sent] == ["read"]
    assert standing(session, who) == [("prevented", "device_gone"), ("prevented", "no_address")]


@pytest.mark.parametrize("what", ["device_gone", "no_channel", "refused"])
def test_what_no_device_will_ever_have_goes_as_a_text_message(session, recorder, texts, what):
    who = make_borrower(session, phone="+86 139 1234 5678")
    make_device(session, who, installation_id="phone-1")
    make_intent(session, borrower_id=who, purpose=Purpose.PLAN)
    service.plan_due(session, now=NOW)
    if what == "device_gone":
        devices.remove(session, borrower_id=who, installation_id="phone-1", now=NOW)
    recorder.outcome = Outcome(Fate.REFUSED)
    send_due(Sender(Way.PUSH, None if what == "no_channel" else recorder))
    assert send_due(texts) == 1
    assert [why for _, why in standing(session, who)] == [what, None]
