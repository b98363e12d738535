"""What is due reaches the inbox and, within hours, each way that she wants; or says why not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from backend.events.contacts import Purpose
from notifications.deliveries import service
from notifications.deliveries.models import NotificationDelivery, NotificationIntent
from notifications.deliveries.rules import AT_ANY_HOUR, CLOSES_AT, OPENS_AT
from notifications.inbox.models import InboxItem
from notifications.preferences import service as preferences
from tests.clock import NOW
from tests.factories.devices import make_device
from tests.factories.loans import make_borrower
from tests.factories.notifications import make_intent

PHONE = "+86 139 1234 5678"


def plan(session, now=NOW):
    session.flush()
    return service.plan_due(session, now=now)


def ways(session):
    rows = session.execute(
        select(NotificationDelivery.channel, NotificationDelivery.device_id).order_by(
            NotificationDelivery.channel, NotificationDelivery.device_id
        )
    )
    return [tuple(row) for row in rows]


def closed_why(session, intent_id):
    return session.execute(
        select(NotificationIntent.closed_why).where(NotificationIntent.id == intent_id)
    ).scalar_one()


def test_an_intent_becomes_one_inbox_item_and_a_push_to_each_live_device(session):
    ann = make_borrower(session, phone=PHONE)
    both = [
        make_device(session, ann, installation_id=f"{n}", address=f"address-{n}") for n in (1, 2)
    ]
    intent = make_intent(session, borrower_id=ann)
    make_intent(session, borrower_id=ann, due_at=NOW + timedelta(hours=1))
    assert (plan(session), plan(session)) == (1, 0)
    assert session.execute(select(InboxItem.id)).scalars().all() == [intent]
    assert ways(session) == [("push", device) for device in sorted(both)]
    due = session.execute(select(NotificationDelivery.due_at)).scalars()
    assert set(due) == {NOW}  # a receipt is sent at once


def test_without_a_device_a_text_message_goes_where_she_wants_it(session):
    ann = make_borrower(session, phone=PHONE)
    make_intent(session, borrower_id=ann, purpose=Purpose.REMINDER)
    receipt = make_intent(session, borrower_id=ann, purpose=Purpose.RECEIPT)
    assert plan(session) == 2
    assert ways(session) == [("sms", None)]
    assert closed_why(session, receipt) == "no_device"


def test_security_goes_by_every_way_at_once(session):
    ann = make_borrower(session, phone=PHONE)
    device = make_device(session, ann)
    make_intent(session, borrower_id=ann, purpose=Purpose.SECURITY)
    plan(session)
    assert ways(session) == [("push", device), ("sms", None)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"expires_at": NOW, "due_at": NOW - timedelta(days=1)}, "expired"),
        ({"template": "greeting.nobody_knows"}, "no_template"),
        ({"purpose": Purpose.MARKETING}, "no_consent"),
    ],
)
def test_what_is_not_told_says_why_and_is_in_no_inbox(session, change, why):
    ann = make_borrower(session)
    make_device(session, ann)
    intent = make_intent(session, borrower_id=ann, **change)
    assert plan(session) == 1
    assert closed_why(session, intent) == why
    assert session.execute(select(func.count(InboxItem.id))).scalar_one() == 0
    assert ways(session) == []


def test_what_she_switched_off_is_in_her_inbox_alone(session):
    ann = make_borrower(session)
    make_device(session, ann)
    preferences.opt_out(session, borrower_id=ann, purpose=Purpose.GREETING, channel=None, now=NOW)
    intent = make_intent(session, borrower_id=ann, purpose=Purpose.GREETING)
    plan(session)
    assert closed_why(session, intent) == "switched_off"
    assert session.execute(select(InboxItem.id)).scalars().all() == [intent]
    assert ways(session) == []


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham"]
)
def test_it_is_due_within_hours_in_her_zone_spread_and_never_on_the_hour(session, zone):
    begins = datetime(2026, 3, 8, 0, 30, tzinfo=UTC)  # clocks change in New York that day
    crowd = [make_borrower(session, timezone=zone) for _ in range(6)]
    for place, who in enumerate(crowd):
        make_device(session, who, installation_id=f"{who}", address=f"of-{who}", timezone=zone)
        for hour in range(24):
            purpose = list(Purpose)[(hour + place) % 7]
            make_intent(
                session,
                borrower_id=who,
                purpose=purpose,
                due_at=begins + timedelta(hours=hour),
                now=begins,
                expires_at=begins + timedelta(days=9),
            )
    plan(session, now=begins + timedelta(days=1))
    intent, delivery = NotificationIntent, NotificationDelivery
    rows = session.execute(
        select(intent.purpose, delivery.due_at).join(delivery, delivery.intent_id == intent.id)
    ).all()
    assert len(rows) > 100
    for purpose, due_at in rows:
        if Purpose(purpose) in AT_ANY_HOUR:
            continue
        local = due_at.astimezone(ZoneInfo(zone))
        assert OPENS_AT <= local.time() < CLOSES_AT
        if local.time() != (begins + timedelta(days=1)).astimezone(ZoneInfo(zone)).time():
            assert local.minute != 0


def test_a_crowd_is_spread_over_the_hour(session):
    for place in range(40):
        who = make_borrower(session)
        make_device(session, who, installation_id=f"{place}", address=f"crowd-{place}")
        make_intent(session, borrower_id=who, purpose=Purpose.REMINDER)
    plan(session)
    minutes = {at.minute for at in session.execute(select(NotificationDelivery.due_at)).scalars()}
    assert len(minutes) > 15
    assert minutes.isdisjoint({0, 15, 30, 45})


def test_a_thing_taken_back_after_planning_is_not_sent(session):
    ann = make_borrower(session)
    make_device(session, ann)
    make_intent(session, borrower_id=ann)
    plan(session)
    args = {"borrower_id": ann, "subject": f"borrower:{ann}", "reason": "paid", "now": NOW}
    assert service.withdraw(session, **args) == 1
    delivery = session.execute(select(NotificationDelivery)).scalar_one()
    assert (delivery.state, delivery.why) == ("prevented", "paid")
    assert service.withdraw(session, **args) == 0
