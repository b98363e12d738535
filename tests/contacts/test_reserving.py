"""What machines send is judged and written down first, so that caps hold, however many send."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from backend.contacts import queries, service
from backend.contacts.errors import ContactReferenceTaken
from backend.contacts.models import ContactEntry
from backend.contacts.service import Attempt, Case, Outcome, Window
from backend.events.contacts import Channel, Purpose
from backend.kit.db import transaction
from backend.profile.models import Profile
from tests.api.statements import heard
from tests.clock import NOW
from tests.factories.contacts import make_contact
from tests.factories.loans import make_borrower, make_loan

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)  # 12:00 in Shanghai
NIGHT = NOON + timedelta(hours=11)  # 23:00
SENDERS = 5


@pytest.fixture
def borrower_id(session):
    found = make_borrower(session, external_id="reminded")
    make_loan(session, borrower="reminded")
    return found


def attempt(borrower_id, reference, *, at=NOON, channel=Channel.PUSH, occasion=None):
    return Attempt(borrower_id, channel, Purpose.REMINDER, reference, at, occasion)


def reserve(session, *attempts):
    return service.reserve_many(session, attempts=attempts, now=NOON)


def ledger(session):
    found = session.scalars(select(ContactEntry).order_by(ContactEntry.at, ContactEntry.id)).all()
    return [(each.reference, each.outcome) for each in found]


def test_by_day_she_may_be_reminded_and_by_night_not_before_nine(session, borrower_id):
    kwargs = {"borrower_id": borrower_id, "channel": Channel.PUSH, "purpose": Purpose.REMINDER}
    by_day = service.judge(session, at=NOON, **kwargs)
    assert (by_day.allowed, by_day.effect, by_day.rules) == (True, None, ())
    by_night = service.judge(session, at=NIGHT, **kwargs)
    assert (by_night.allowed, by_night.effect) == (False, "block")
    assert [hit.id for hit in by_night.rules] == ["CN.hours", "OWN.hours"]
    assert by_night.allowed_from == NOON + timedelta(hours=21)


def test_what_is_allowed_stands_in_the_ledger_before_it_is_sent(session, borrower_id):
    (judgement,) = reserve(session, attempt(borrower_id, "a"))
    assert judgement.allowed
    (entry,) = session.scalars(select(ContactEntry)).all()
    assert (entry.made_by, entry.staff_id, entry.outcome) == ("machine", None, None)
    assert (entry.kind, entry.channel, entry.purpose) == ("attempt", "push", "reminder")
    assert {"CN.hours", "OWN.hours", "OWN.reminder.1_per_day"} <= set(entry.rule_ids)


def test_the_second_of_a_day_waits_for_tomorrow_even_in_one_batch(session, borrower_id):
    first, second = reserve(session, attempt(borrower_id, "a"), attempt(borrower_id, "b"))
    assert first.allowed
    assert (second.allowed, second.effect) == (False, "defer")
    assert [hit.id for hit in second.rules] == ["OWN.reminder.1_per_day"]
    assert second.allowed_from == NOON + timedelta(hours=21)
    assert ledger(session) == [("a", None)]


def test_who_waited_with_an_older_clock_counts_what_came_before_him(session, borrower_id):
    reserve(session, attempt(borrower_id, "a"))
    (waited,) = reserve(session, attempt(borrower_id, "b", at=NOON - timedelta(seconds=1)))
    assert [hit.id for hit in waited.rules] == ["OWN.reminder.1_per_day"]


def test_a_call_of_a_person_is_in_the_same_budget(session, borrower_id):
    make_contact(session, borrower_id, at=NOW - timedelta(minutes=1))
    (judgement,) = reserve(session, attempt(borrower_id, "a", at=NOW))
    assert [hit.id for hit in judgement.rules] == ["OWN.reminder.1_per_day"]


def test_one_message_on_many_devices_is_one(session, borrower_id):
    judged = reserve(
        session,
        attempt(borrower_id, "phone", occasion="due"),
        attempt(borrower_id, "tablet", occasion="due"),
        attempt(borrower_id, "mail", occasion="due", channel=Channel.EMAIL),
    )
    assert [each.allowed for each in judged] == [True, True, True]


def test_the_same_reference_is_one_entry_and_moves_to_when_it_is_tried(session, borrower_id):
    later = NOON + timedelta(hours=1)
    reserve(session, attempt(borrower_id, "a"))
    (again,) = reserve(session, attempt(borrower_id, "a", at=later))
    assert again.allowed
    (entry,) = session.scalars(select(ContactEntry).execution_options(populate_existing=True))
    assert entry.at == later
    (at_night,) = reserve(session, attempt(borrower_id, "a", at=NIGHT))
    assert not at_night.allowed
    session.refresh(entry)
    assert entry.at == later


def test_what_never_went_out_takes_nothing_from_her_budget(session, borrower_id):
    reserve(session, attempt(borrower_id, "a"))
    settled = {(borrower_id, "a"): Outcome.NOT_DELIVERED}
    assert service.settle(session, outcomes=settled, now=NOON) == 1
    assert service.settle(session, outcomes={(borrower_id, "a"): Outcome.SENT}, now=NOON) == 0
    (judgement,) = reserve(session, attempt(borrower_id, "b"))
    assert judgement.allowed
    assert ledger(session) == [("a", "not_delivered"), ("b", None)]


def test_a_hold_defers_to_the_morning_after_it(session, borrower_id):
    today = NOON.date()
    until_on = today + timedelta(days=4)
    service.hold(session, borrower_id=borrower_id, cause="promise:x", until_on=until_on, now=NOON)
    (judgement,) = reserve(session, attempt(borrower_id, "a"))
    assert [hit.id for hit in judgement.rules] == ["OWN.hold"]
    assert judgement.allowed_from == NOON + timedelta(days=5, hours=-3)
    (receipt,) = service.judge_many(
        session, cases=[Case(borrower_id, Channel.PUSH, Purpose.RECEIPT, NIGHT)]
    )
    assert receipt.allowed


def test_a_reference_of_a_person_is_not_a_machines(session, borrower_id):
    make_contact(session, borrower_id, at=NOW - timedelta(days=3))
    session.execute(text("UPDATE contact_entry SET reference = 'a'"))
    with pytest.raises(ContactReferenceTaken):
        reserve(session, attempt(borrower_id, "a"))


def test_messages_are_no_silence_and_no_attempt_of_a_person(session, borrower_id, deliver):
    for days in range(10):
        at = NOW - timedelta(days=5 * days + 1)
        channel = Channel.PUSH if days % 2 else Channel.SMS
        reserve(session, attempt(borrower_id, f"{days}", at=at, channel=channel))
    make_contact(session, borrower_id, kind="conversation", at=NOW - timedelta(days=60))
    deliver()
    profile = session.get(Profile, borrower_id)
    assert (str(profile.contact_answered_ratio_90d), profile.lost_contact) == ("1.0000", False)
    since = NOW - timedelta(days=90)
    lines = queries.list_lines(session, borrower_id=borrower_id, zone="Asia/Shanghai", since=since)
    assert len(lines) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"made_by": "machine", "staff_id": None},
        {"made_by": "staff", "staff_id": None},
        {"made_by": "borrower", "staff_id": None},
        {"purpose": "rumour"},
    ],
)
def test_the_table_tells_a_machine_from_a_person(session, borrower_id, changes):
    entry_id = make_contact(session, borrower_id)
    entry = session.get(ContactEntry, (borrower_id, entry_id))
    for name, value in changes.items():
        setattr(entry, name, value)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.flush()


def test_many_are_judged_in_a_handful_of_statements(session, borrower_id):
    others = [make_borrower(session, external_id=f"b{number}") for number in range(5)]
    for number in range(5):
        make_loan(session, borrower=f"b{number}")
    cases = [Case(each, Channel.PUSH, Purpose.REMINDER, NOON) for each in (borrower_id, *others)]
    with heard(session.connection()) as counted:
        judged = service.judge_many(session, cases=cases)
    assert all(each.allowed for each in judged)
    assert len(counted) <= 5


@pytest.mark.commits
def test_of_many_that_send_at_once_one_may(session, borrower_id):
    session.commit()
    barrier = Barrier(SENDERS)

    def send(number):
        barrier.wait()
        with transaction() as own:
            return reserve(own, attempt(borrower_id, f"{number}"))[0].allowed

    with ThreadPoolExecutor(SENDERS) as pool:
        assert sum(pool.map(send, range(SENDERS))) == 1


def test_what_waits_at_a_provider_ends_with_the_hours(session, borrower_id):
    pushed = attempt(borrower_id, "a")
    receipt = Attempt(borrower_id, Channel.PUSH, Purpose.RECEIPT, "b", NOON)
    texted = attempt(borrower_id, "c", channel=Channel.SMS, occasion="a")
    push, text_message = reserve(session, pushed, texted)
    assert push.open_until == NOON.replace(hour=12, minute=30)  # 20:30 in Shanghai
    assert text_message.open_until is None  # nobody keeps it for her
    assert reserve(session, receipt)[0].open_until is None  # it may come at any hour


def test_an_inconvenient_hour_ends_them_before_the_evening(session, borrower_id):
    service.set_windows(
        session,
        borrower_id=borrower_id,
        agreed=(),
        inconvenient=[Window.of("13:00", "14:00")],
        now=NOON,
    )
    assert reserve(session, attempt(borrower_id, "a"))[0].open_until == NOON + timedelta(hours=1)
