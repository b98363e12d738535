"""Nothing went out by night: a proof from the rows, which finds what is planted."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from backend.contacts import audit, service
from backend.contacts.service import Attempt, Outcome, Window
from backend.events.contacts import Channel, Purpose
from tests.factories.loans import make_borrower, make_loan

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)  # 12:00 in Shanghai
NIGHT = NOON + timedelta(hours=10)  # 22:00


@pytest.fixture
def borrower_id(session):
    found = make_borrower(session, external_id="asleep")
    make_loan(session, borrower="asleep")
    sent = Attempt(found, Channel.PUSH, Purpose.REMINDER, "a", NOON)
    (judgement,) = service.reserve_many(session, attempts=[sent], now=NOON)
    assert judgement.allowed
    service.settle(session, outcomes={(found, "a"): Outcome.SENT}, now=NOON)
    return found


def lines(session):
    return list(audit.run(session))


def move(session, at):
    session.execute(text("UPDATE contact_entry SET at = :at"), {"at": at})


def test_what_went_out_by_day_is_in_order(session, borrower_id):
    assert lines(session) == []


@pytest.mark.parametrize(
    ("at", "rules"),
    [
        (NIGHT, ["CN.hours", "OWN.hours"]),
        (NIGHT - timedelta(seconds=1), ["OWN.hours"]),
        (NOON - timedelta(hours=4), ["OWN.hours"]),  # 08:00
        (NOON - timedelta(hours=4, microseconds=1), ["CN.hours", "OWN.hours"]),
        (NOON - timedelta(hours=3), []),  # 09:00
        (NOON + timedelta(hours=8, minutes=29), []),  # 20:29
    ],
)
def test_what_went_out_by_night_is_found_to_the_second(session, borrower_id, at, rules):
    move(session, at)
    assert sorted(line.split()[7] for line in lines(session)) == rules


def test_in_any_place_where_she_may_have_been(session, borrower_id):
    session.execute(text("UPDATE contact_entry SET zones = '{Asia/Shanghai,Europe/Berlin}'"))
    assert all("Europe/Berlin" in line for line in lines(session))
    assert len(lines(session)) == 2


def test_what_she_agreed_to_is_no_night_and_what_was_not_sent_is_none(session, borrower_id):
    service.set_windows(
        session,
        borrower_id=borrower_id,
        agreed=[Window.of("22:00", "24:00")],
        inconvenient=[],
        now=NOON,
    )
    move(session, NIGHT)
    assert lines(session) == []
    move(session, NIGHT + timedelta(hours=2))
    assert len(lines(session)) == 2
    session.execute(text("UPDATE contact_entry SET outcome = 'not_delivered'"))
    assert lines(session) == []


def test_what_no_law_was_asked_about_is_found(session, borrower_id):
    session.execute(text("UPDATE contact_entry SET rule_ids = '{OWN.hours}'"))
    (line,) = lines(session)
    assert "no law of hours was asked" in line
