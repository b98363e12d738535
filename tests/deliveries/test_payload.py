"""What a push service and a lock screen learn: that there is something, and ids."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.events.contacts import Channel as Way
from backend.events.contacts import Purpose
from notifications.deliveries import service
from notifications.deliveries.models import NotificationDelivery
from notifications.deliveries.rules import collapse_key
from notifications.deliveries.sender import Sender
from notifications.templates.rules import find_telling
from tests.clock import NOW
from tests.deliveries.conftest import Recorder, at
from tests.factories.devices import make_device
from tests.factories.loans import make_borrower
from tests.factories.notifications import make_intent


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_no_push_of_any_purpose_tells_anything(session, locale):
    name = "Zhao Qianxun"
    who = make_borrower(session, locale=locale, name=name)
    make_device(session, who)
    purposes = [purpose for purpose in Purpose if purpose is not Purpose.MARKETING]
    for purpose in purposes:
        variables = {"amount_minor": 10_100, "currency": "CNY", "due_on": "2026-11-26"}
        make_intent(session, borrower_id=who, purpose=purpose, variables=variables)
    service.plan_due(session, now=NOW)
    recorder = Recorder()
    with at(hours=2):
        sender = Sender(Way.PUSH, recorder)
        sender.note([sender.send(each) for each in sender.take(100)])
    assert len(recorder.sent) == len(purposes)
    known = set(session.execute(select(NotificationDelivery.id)).scalars()) | set(
        session.execute(select(NotificationDelivery.intent_id)).scalars()
    )
    for push in recorder.sent:
        assert find_telling(push.title + push.body) is None
        assert name not in push.title + push.body
        assert {UUID(value) for value in push.data.values()} <= known
        assert UUID(push.tag) in known


def test_there_are_no_more_collapse_keys_than_fcm_keeps_for_a_device():
    assert len({collapse_key(purpose) for purpose in Purpose}) <= 4


def test_a_telephone_that_is_off_is_not_rung_by_night(session):
    who = make_borrower(session)
    make_device(session, who)
    make_intent(session, borrower_id=who, purpose=Purpose.REMINDER)
    service.plan_due(session, now=NOW)
    recorder = Recorder()
    with at(hours=2):
        sender = Sender(Way.PUSH, recorder)
        sender.note([sender.send(each) for each in sender.take(100)])
    [push] = recorder.sent
    assert NOW + timedelta(hours=2) + push.ttl == datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
