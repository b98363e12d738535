"""Who is to be left in peace is, for as long as every cause says."""

from datetime import timedelta

import pytest

from backend.contacts import queries, service
from backend.events.community import ProtectiveHold
from backend.events.contacts import Channel
from backend.kit.outbox import announce
from tests.clock import NOW
from tests.factories.loans import make_borrower

TODAY = NOW.date()


def hold(session, borrower_id, *, cause="plan-request:1", days=3) -> None:
    until_on = TODAY + timedelta(days=days)
    service.hold(session, borrower_id=borrower_id, cause=cause, until_on=until_on, now=NOW)


def held(session, borrower_id, *, today=TODAY) -> dict:
    rows = queries.list_holds(session, borrower_id=borrower_id, today=today)
    return {row.cause: (row.until_on - TODAY).days for row in rows}


def test_a_hold_lasts_through_its_last_day(session):
    borrower_id = make_borrower(session)
    hold(session, borrower_id)
    assert held(session, borrower_id, today=TODAY + timedelta(days=3)) == {"plan-request:1": 3}
    assert held(session, borrower_id, today=TODAY + timedelta(days=4)) == {}


def test_a_second_word_prolongs_and_never_shortens(session):
    borrower_id = make_borrower(session)
    for days in (3, 9, 5):
        hold(session, borrower_id, days=days)
    assert held(session, borrower_id) == {"plan-request:1": 9}


def test_each_cause_is_released_by_itself(session):
    borrower_id, other = make_borrower(session), make_borrower(session, external_id="other")
    hold(session, borrower_id)
    hold(session, borrower_id, cause="dispute:2", days=5)
    hold(session, other)
    service.release(session, borrower_id=borrower_id, cause="plan-request:1")
    assert held(session, borrower_id) == {"dispute:2": 5}
    assert held(session, other) == {"plan-request:1": 3}


def test_what_is_over_stays_known_and_may_begin_anew(session):
    borrower_id = make_borrower(session)
    hold(session, borrower_id)
    service.release(session, borrower_id=borrower_id, cause="plan-request:1")
    for day in (TODAY - timedelta(days=1), TODAY):
        assert held(session, borrower_id, today=day) == {}

    def count(since):
        return queries.count_holds_since(
            session, borrower_id=borrower_id, since=since, today=TODAY + timedelta(days=9)
        )

    assert (count(NOW), count(NOW + timedelta(days=1))) == (1, 0)
    later = NOW + timedelta(days=5)
    service.hold(
        session, borrower_id=borrower_id, cause="plan-request:1", until_on=later.date(), now=later
    )
    assert count(later) == 1


@pytest.mark.parametrize(("days", "last"), [(3, 3), (60, 13)])
def test_a_protective_hold_is_short_and_names_no_cause(session, deliver, days, last):
    borrower_id = make_borrower(session, external_id="resting")
    announce(
        session,
        ProtectiveHold(borrower_id=borrower_id, occurred_at=NOW, until=NOW + timedelta(days=days)),
    )
    deliver()
    (row,) = queries.list_holds(session, borrower_id=borrower_id, today=TODAY)
    assert (row.cause, row.until_on) == ("care", TODAY + timedelta(days=last))
    for purpose, is_allowed in (("reminder", False), ("greeting", False), ("plan", True)):
        judged = service.judge(
            session, borrower_id=borrower_id, channel=Channel.PUSH, purpose=purpose, at=NOW
        )
        assert judged.allowed is is_allowed
    # It suppresses contact, and is no sign of life that would change anything else.
    counted = {"borrower_id": borrower_id, "since": NOW - timedelta(days=1), "today": TODAY}
    assert queries.count_holds_since(session, **counted) == 0
