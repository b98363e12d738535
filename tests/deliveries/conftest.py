"""Planned messages, FCM on this machine, and a sender that uses the real client."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.events.contacts import Channel as Way
from backend.kit import clock
from notifications.channels.fcm import Fcm
from notifications.channels.rules import Fate, Outcome
from notifications.deliveries import service
from notifications.deliveries.models import NotificationAttempt, NotificationDelivery
from notifications.deliveries.sender import Sender
from tests.clock import NOW
from tests.factories.devices import make_device
from tests.factories.loans import make_borrower
from tests.factories.notifications import make_intent
from tests.fakes.fcm import running_fcm

TIMEOUT_SECONDS = 0.5


class Recorder:
    """A channel that ends where the process does: remembers, and says what it is told to."""

    name = "recorder"
    threads = 4

    def __init__(self, outcome=None):
        self.sent = []
        self.outcome = outcome or Outcome(Fate.ACCEPTED, provider_ref="1")

    def prepare(self):
        return None

    def send(self, message):
        self.sent.append(message)
        return self.outcome


@pytest.fixture(scope="module")
def fcm():
    with running_fcm() as running:
        yield running


@pytest.fixture
def push(fcm):
    """A sender of pushes through the real client; its waits are as short as they may be."""
    channel = Fcm(fcm.settings(), timeout_seconds=TIMEOUT_SECONDS)
    yield Sender(Way.PUSH, channel, chance=lambda: 0.0)
    channel.close()


@pytest.fixture
def texts():
    """A sender of text messages that go nowhere."""
    return Sender(Way.SMS, Recorder(), chance=lambda: 0.0)


@pytest.fixture
def planned(session):
    """`planned("address")`: a borrower with a device and a planned push to it; her id."""

    def planned(address, *, who=None, **more):
        who = who or make_borrower(session, phone=None)
        make_device(session, who, installation_id=f"of-{address}", address=address)
        make_intent(session, borrower_id=who, **more)
        session.flush()
        service.plan_due(session, now=clock.now())
        session.commit()
        return who

    return planned


def send_due(sender):
    """All that is due now, sent and noted; how many messages there were."""
    ready = sender.take(1_000)
    sender.note([sender.send(each) for each in ready])
    return len(ready)


def standing(session, who=None):
    """State and reason of each delivery, by channel."""
    session.expire_all()
    query = select(NotificationDelivery).order_by(NotificationDelivery.channel)
    if who is not None:
        query = query.where(NotificationDelivery.borrower_id == who)
    return [(each.state, each.why) for each in session.execute(query).scalars()]


def fates(session, who):
    rows = session.execute(
        select(NotificationAttempt.fate)
        .where(NotificationAttempt.borrower_id == who)
        .order_by(NotificationAttempt.number)
    )
    return list(rows.scalars())


def lose(session):
    """As though whoever holds a lease had died, and its time were over."""
    session.execute(
        update(NotificationDelivery)
        .where(NotificationDelivery.state == "sending")
        .values(leased_until=clock.wall() - timedelta(seconds=1))
    )
    session.commit()


def at(**later):
    """Business time that much later."""
    return clock.fixed(NOW + timedelta(**later))
