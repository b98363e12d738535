"""Her own word about channels and hours acts at once, and every version of it stays told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.borrowers.models import Borrower
from backend.contacts import queries, service
from backend.contacts.models import ContactEntry, ContactTimes
from backend.contacts.service import EntryKind, Window
from backend.events.contacts import Channel, Purpose
from tests.factories.loans import make_borrower, make_loan

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)  # 12:00 in Shanghai
MINUTE = timedelta(minutes=1)


@pytest.fixture
def borrower_id(session):
    found = make_borrower(session, external_id="speaking")
    make_loan(session, borrower="speaking")
    return found


@pytest.fixture
def judge(session, borrower_id):
    def judge(*, channel=Channel.SMS, purpose=Purpose.REMINDER, at=NOON + MINUTE):
        return service.judge(
            session, borrower_id=borrower_id, channel=channel, purpose=purpose, at=at
        )

    return judge


def say(session, borrower_id, kind, *, at, channel=Channel.SMS):
    service.say_word(
        session, borrower_id=borrower_id, channel=channel, kind=EntryKind(kind), now=at
    )


def test_a_channel_that_she_switches_off_is_off_until_she_opens_it(session, borrower_id, judge):
    say(session, borrower_id, "opt_out", at=NOON)
    found = judge()
    assert (found.allowed, found.allowed_from) == (False, None)
    assert [hit.id for hit in found.rules] == ["OWN.switched_off"]
    assert judge(channel=Channel.PUSH).allowed
    assert judge(purpose=Purpose.SECURITY).allowed
    say(session, borrower_id, "opt_in", at=NOON + MINUTE)
    assert judge().allowed


def test_after_a_cease_one_channel_may_be_opened_again(session, borrower_id, judge):
    say(session, borrower_id, "cease", at=NOON)
    assert not judge(channel=Channel.EMAIL).allowed
    say(session, borrower_id, "opt_in", at=NOON + MINUTE)
    assert judge().allowed
    assert not judge(channel=Channel.EMAIL).allowed


def test_a_word_said_twice_is_said_once(session, borrower_id):
    said = ("opt_in", "opt_out", "opt_out", "opt_in", "opt_in", "cease", "cease")
    for minutes, kind in enumerate(said):
        say(session, borrower_id, kind, at=NOON + minutes * MINUTE)
    entries = session.scalars(select(ContactEntry).order_by(ContactEntry.id)).all()
    assert [each.kind for each in entries] == ["opt_out", "opt_in", "cease"]
    assert {each.made_by for each in entries} == {"borrower"}


def test_hours_that_do_not_suit_her_defer_and_earlier_hours_stay_told(session, borrower_id, judge):
    lunch = Window.of("12:00", "13:00")
    changes = {"borrower_id": borrower_id, "agreed": []}
    service.set_windows(session, inconvenient=[lunch], now=NOON, **changes)
    found = judge()
    assert [hit.id for hit in found.rules] == ["OWN.borrower_window"]
    assert found.allowed_from == NOON + timedelta(hours=1)
    service.set_windows(session, inconvenient=[], now=NOON + 2 * MINUTE, **changes)
    service.set_windows(session, inconvenient=[], now=NOON + 3 * MINUTE, **changes)
    assert judge(at=NOON + 4 * MINUTE).allowed
    assert not judge().allowed
    assert len(session.scalars(select(ContactTimes)).all()) == 2


def test_where_she_says_that_she_is_counts_before_her_contracts_zone(session, borrower_id, judge):
    session.get(Borrower, borrower_id).own_timezone = "America/New_York"
    session.flush()
    assert [hit.id for hit in judge().rules] == ["CN.hours", "OWN.hours"]  # 23:01 there
    assert judge(at=NOON + timedelta(hours=11)).allowed  # 23:00 in Shanghai, 10:00 there


def test_every_place_where_she_may_be_must_allow(session, borrower_id, judge):
    told = ["Europe/Berlin", "Mars/Olympus", "Europe/Berlin"]
    service.set_candidate_zones(session, borrower_id=borrower_id, zones=told, now=NOON)
    assert queries.get_times(session, borrower_id=borrower_id)["zones"] == ["Europe/Berlin"]
    found = judge()  # 05:00 in Berlin
    assert [hit.id for hit in found.rules] == ["CN.hours", "OWN.hours"]
    assert found.allowed_from == NOON + timedelta(hours=4)  # 09:00 in Berlin, 16:00 in Shanghai
