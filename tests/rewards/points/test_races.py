"""Two who move the same points at once: the second waits, and then sees what the first did."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.kit.outbox import EventRow
from backend.loans.queries import LoanKey
from rewards.points import audit, queries, service
from rewards.points.errors import EntryReversed, HoldEnded, NotEnoughPoints
from rewards.points.models import PointsEntry
from tests.clock import NOW, TODAY
from tests.factories.loans import make_payment
from tests.factories.points import INSTALLMENT_MINOR, days, give, make_member, make_schedule

pytestmark = pytest.mark.commits

CAUSE = service.Cause("redemption", new_id())
LAST_DAY = date(2027, 11, 30)
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND datname = current_database()"
)


@pytest.fixture
def who(session):
    _, borrower_id = make_member(session)
    give(session, borrower_id, 100)
    session.commit()
    return borrower_id


def one_after_the_other(session, first, second):
    """The second begins while the first has not ended, and waits for it.

    Answers what each came to: its result, or the refusal that it raised.
    """

    def act(verb):
        try:
            with transaction() as own:
                return verb(own)
        except (NotEnoughPoints, HoldEnded, EntryReversed) as refusal:
            return refusal

    context = copy_context()
    with ThreadPoolExecutor(1) as other:
        with transaction() as mine:
            did = first(mine)
            late = other.submit(context.run, act, second)
            while not session.execute(WAITING).scalar_one():
                session.execute(text("SELECT pg_stat_clear_snapshot()"))
                assert not wait([late], timeout=0.05).done
            session.rollback()
        return did, late.result()


def spending(who, points):
    return lambda s: service.spend(s, borrower_id=who, points=points, cause=CAUSE, now=NOW)


def ending(end, who, number):
    return lambda s: end(s, borrower_id=who, number=number, cause=CAUSE, now=NOW)


def is_sound(session):
    return list(audit.check_points(session)) == []


def available(session, who):
    return queries.get_own(session, borrower_id=who, today=TODAY)["available"]


def test_two_who_spend_the_same_points_one_is_refused_with_what_is_left(session, who):
    did, refused = one_after_the_other(session, spending(who, 80), spending(who, 80))

    assert did == 2
    assert isinstance(refused, NotEnoughPoints)
    assert refused.context["balance"] == 20
    assert is_sound(session)


def test_two_who_can_both_be_served_are(session, who):
    assert one_after_the_other(session, spending(who, 60), spending(who, 40)) == (2, 3)
    assert available(session, who) == 0
    assert is_sound(session)


def test_an_expiry_passes_over_points_that_are_being_spent_and_finds_the_rest(session, who):
    last = NOW.replace(year=2027, month=11, day=30)

    def spend_on_the_last_day(own):
        return service.spend(own, borrower_id=who, points=30, cause=CAUSE, now=last)

    def expire(own):
        return service.expire_chunk(
            own, expired_on=LAST_DAY, after=service.FIRST, limit=10, now=last + timedelta(days=1)
        )

    _, passed_over = one_after_the_other(session, spend_on_the_last_day, expire)
    with transaction() as own:
        found = expire(own)

    assert (passed_over.found, passed_over.done) == (1, 0)
    assert (found.found, found.done) == (1, 1)
    entry = queries.get_entry(session, borrower_id=who, number=3)
    assert (entry.kind, entry.points) == ("expired", -70)
    assert is_sound(session)


def test_a_spender_who_waits_for_an_expiry_finds_nothing(session, who):
    last = NOW.replace(year=2027, month=12, day=1)

    _, refused = one_after_the_other(
        session,
        lambda own: service.expire_chunk(
            own, expired_on=LAST_DAY, after=service.FIRST, limit=10, now=last
        ),
        lambda own: service.spend(own, borrower_id=who, points=1, cause=CAUSE, now=last),
    )

    assert isinstance(refused, NotEnoughPoints)
    assert is_sound(session)


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        (service.capture, service.release, 40),
        (service.release, service.capture, 100),
        (service.capture, service.capture, 40),
        (service.release, service.release, 100),
    ],
)
def test_of_two_who_end_a_hold_one_does(session, who, first, second, left):
    with transaction() as own:
        number = service.hold(
            own,
            borrower_id=who,
            points=60,
            deadline_at=NOW + timedelta(days=1),
            cause=CAUSE,
            now=NOW,
        )

    did, refused = one_after_the_other(
        session, ending(first, who, number), ending(second, who, number)
    )

    assert did == 3
    assert isinstance(refused, HoldEnded)
    assert available(session, who) == left
    assert is_sound(session)


def test_a_gift_that_is_taken_back_cannot_be_spent_meanwhile(session, who):
    taken, refused = one_after_the_other(session, ending(service.reverse, who, 1), spending(who, 1))
    assert taken == 2
    assert isinstance(refused, NotEnoughPoints)
    assert is_sound(session)


def test_of_two_who_undo_an_entry_one_does(session, who):
    undo = ending(service.reverse, who, 1)
    did, refused = one_after_the_other(session, undo, undo)
    assert did == 2
    assert isinstance(refused, EntryReversed)
    assert is_sound(session)


def test_of_two_awards_for_one_source_one_counts(session, who):
    source = service.Source("referral", new_id())

    def award(own):
        return service.earn(own, borrower_id=who, points=10, source=source, cause=CAUSE, now=NOW)

    assert one_after_the_other(session, award, award) == (2, None)
    assert available(session, who) == 110
    assert is_sound(session)


def test_the_first_two_points_of_a_borrower_may_come_at_once(session):
    _, newcomer = make_member(session)
    session.commit()

    def award(own):
        return service.earn(
            own,
            borrower_id=newcomer,
            points=10,
            source=service.Source("referral", new_id()),
            cause=CAUSE,
            now=NOW,
        )

    assert one_after_the_other(session, award, award) == (1, 2)
    assert is_sound(session)


def test_two_hearings_of_one_payment_give_one_award(session):
    name, borrower_id = make_member(session)
    loan, loan_id = make_schedule(session, name, days(0))
    make_payment(session, loan=loan, amount_minor=INSTALLMENT_MINOR)
    session.commit()
    news = {LoanKey(borrower_id, loan_id): service.News(NOW, frozenset([TODAY]))}

    def settle(own):
        service.settle_loans(own, news=news, now=NOW)

    one_after_the_other(session, settle, settle)

    assert available(session, borrower_id) == 100
    assert is_sound(session)


def test_one_event_delivered_fifty_times_by_two_processes_is_one_award(session, own_database):
    name, borrower_id = make_member(session)
    loan, _ = make_schedule(session, name, days(0))
    make_payment(session, loan=loan, amount_minor=INSTALLMENT_MINOR)
    session.commit()
    seq = session.execute(
        select(EventRow.seq).where(EventRow.name == "InstallmentPaid")
    ).scalar_one()

    command = [sys.executable, "-m", "tests.rewards.points.delivering", str(seq), "25"]
    environment = os.environ | {"DATABASE_URL": own_database.url}
    processes = [subprocess.Popen(command, env=environment) for _ in range(2)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0]

    counted = select(func.count()).where(PointsEntry.borrower_id == borrower_id)
    assert session.execute(counted).scalar_one() == 1
    assert available(session, borrower_id) == 100
    assert is_sound(session)
