"""The verbs one by one: what they take first, what comes back, what they refuse."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.kit.ids import new_id
from backend.kit.problems import NotFound
from backend.kit.programme_zone import programme_day
from rewards.points import audit, queries, service
from rewards.points.errors import (
    EntryNotReversible,
    EntryReversed,
    HoldEnded,
    NotEnoughPoints,
)
from rewards.points.models import PointsLot
from rewards.points.rules import expiry_of
from tests.clock import NOW
from tests.factories.points import give, make_member

CAUSE = service.Cause("redemption", new_id(), {"text": {"en": "A mug.", "zh-CN": "一个杯子。"}})
LONG_AGO = NOW - timedelta(days=300)


@pytest.fixture
def who(session):
    _, borrower_id = make_member(session)
    return borrower_id


def available(session, who, *, now=NOW):
    return queries.get_own(session, borrower_id=who, today=programme_day(now))["available"]


def lots(session, who):
    rows = session.execute(
        select(PointsLot.__table__).where(PointsLot.borrower_id == who).order_by(PointsLot.number)
    )
    return {row.number: (row.available, row.held, row.spent) for row in rows}


def spend(session, who, points, *, now=NOW):
    return service.spend(session, borrower_id=who, points=points, cause=CAUSE, now=now)


def reverse(session, who, number, *, now=NOW):
    return service.reverse(session, borrower_id=who, number=number, cause=CAUSE, now=now)


@pytest.mark.parametrize(
    ("earned", "last_day"),
    [
        (date(2026, 11, 23), date(2027, 11, 30)),
        (date(2026, 1, 31), date(2027, 1, 31)),
        (date(2027, 2, 28), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_points_last_twelve_months_to_the_end_of_the_month(earned, last_day):
    assert expiry_of(earned) == last_day


def test_the_month_is_that_of_the_programmes_zone(session, who):
    # Still November in Greenwich, December in Shanghai.
    at = NOW.replace(day=30, hour=16, minute=30)
    give(session, who, 10, now=at)

    [live] = queries.get_own(session, borrower_id=who, today=programme_day(at))["expiring"]

    assert live == {"on": "2027-12-31", "points": 10}


def test_a_source_earns_once(session, who):
    source = service.Source("referral", new_id())
    call = {"borrower_id": who, "points": 10, "source": source, "cause": CAUSE, "now": NOW}

    first, second = service.earn(session, **call), service.earn(session, **call)

    assert (first, second) == (1, None)
    assert available(session, who) == 10


def test_the_oldest_expiry_is_spent_first_and_comes_back_with_its_day(session, who):
    new, old = give(session, who, 50), give(session, who, 50, now=LONG_AGO)
    spent = spend(session, who, 70)
    after = lots(session, who)

    reverse(session, who, spent)

    assert after == {new: (30, 0, 20), old: (0, 0, 50)}
    assert lots(session, who) == {new: (50, 0, 0), old: (50, 0, 0)}


def test_more_than_there_is_is_refused_with_the_balance(session, who):
    give(session, who, 50)
    with pytest.raises(NotEnoughPoints) as refused:
        spend(session, who, 51)
    assert refused.value.as_dict("zh-CN")["detail"] == "您目前可用的积分为 50 分。"
    assert refused.value.as_dict()["balance"] == 50
    assert spend(session, who, 50)


def test_nothing_is_spent_after_its_day_though_nobody_posted_its_expiry(session, who):
    give(session, who, 50, now=LONG_AGO)
    last = NOW.replace(year=2027, month=1, day=31)
    day_after = last + timedelta(days=1)

    with pytest.raises(NotEnoughPoints) as refused:
        spend(session, who, 1, now=day_after)

    assert refused.value.context["balance"] == 0
    assert available(session, who, now=day_after) == 0
    assert spend(session, who, 1, now=last)


def test_what_comes_back_after_its_day_expires_at_once(session, who):
    give(session, who, 50, now=LONG_AGO)
    spent = spend(session, who, 50)
    late = NOW + timedelta(days=100)

    reverse(session, who, spent, now=late)

    assert lots(session, who) == {1: (0, 0, 0)}
    kinds = [queries.get_entry(session, borrower_id=who, number=number).kind for number in (3, 4)]
    assert kinds == ["restored", "expired"]


def test_an_entry_is_undone_once(session, who):
    number = give(session, who, 50)
    reverse(session, who, number)
    with pytest.raises(EntryReversed):
        reverse(session, who, number)


def test_what_was_spent_of_a_gift_is_taken_from_the_rest_and_never_below_zero(session, who):
    gift, other = give(session, who, 100, now=LONG_AGO), give(session, who, 30)
    spend(session, who, 90)

    back = queries.get_entry(session, borrower_id=who, number=reverse(session, who, gift))

    assert (back.points, back.unrecovered) == (-40, 60)
    assert available(session, who) == 0
    assert lots(session, who)[other] == (0, 0, 0)


def test_what_is_set_aside_of_a_gift_is_sought_elsewhere_too(session, who):
    gift, other = give(session, who, 100, now=LONG_AGO), give(session, who, 30)
    service.hold(
        session,
        borrower_id=who,
        points=20,
        deadline_at=NOW + timedelta(days=1),
        cause=CAUSE,
        now=NOW,
    )

    back = queries.get_entry(session, borrower_id=who, number=reverse(session, who, gift))

    assert (back.points, back.unrecovered) == (-100, 0)
    assert lots(session, who) == {gift: (0, 20, 0), other: (10, 0, 0)}


def test_a_gift_that_expired_unused_leaves_nothing_to_take(session, who):
    gift = give(session, who, 100, now=LONG_AGO)
    late = NOW + timedelta(days=100)
    other = give(session, who, 30, now=late)
    service.expire_chunk(
        session, expired_on=date(2027, 1, 31), after=service.FIRST, limit=10, now=late
    )

    number = reverse(session, who, gift, now=late)

    back = queries.get_entry(session, borrower_id=who, number=number)
    assert (back.points, back.unrecovered) == (0, 0)
    assert lots(session, who)[other] == (30, 0, 0)


def test_an_expiry_cannot_be_undone(session, who):
    give(session, who, 100, now=LONG_AGO)
    late = NOW + timedelta(days=100)
    service.expire_chunk(
        session, expired_on=date(2027, 1, 31), after=service.FIRST, limit=10, now=late
    )
    with pytest.raises(EntryNotReversible):
        reverse(session, who, 2, now=late)


def hold(session, who, points, *, days=1):
    return service.hold(
        session,
        borrower_id=who,
        points=points,
        deadline_at=NOW + timedelta(days=days),
        cause=CAUSE,
        now=NOW,
    )


@pytest.mark.parametrize("end", [service.capture, service.release])
def test_a_hold_ends_once(session, who, end):
    give(session, who, 50)
    call = {"borrower_id": who, "number": hold(session, who, 30), "cause": CAUSE, "now": NOW}
    end(session, **call)
    for again in (service.capture, service.release):
        with pytest.raises(HoldEnded):
            again(session, **call)
    assert available(session, who) == (20 if end is service.capture else 50)


def test_after_its_deadline_a_hold_is_only_given_back(session, who):
    give(session, who, 50)
    number = hold(session, who, 30)
    later = NOW + timedelta(days=1)
    with pytest.raises(HoldEnded):
        service.capture(session, borrower_id=who, number=number, cause=CAUSE, now=later)

    assert service.release_overdue(session, now=NOW, limit=10) == 0
    assert service.release_overdue(session, now=later, limit=10) == 1
    assert service.release_overdue(session, now=later, limit=10) == 0
    assert available(session, who) == 50


def test_a_hold_without_a_possible_deadline_is_a_mistake(session, who):
    give(session, who, 50)
    for days in (0, 91):
        with pytest.raises(ValueError, match="within 90 days"):
            hold(session, who, 1, days=days)


def test_pending_points_wait_and_then_last_twelve_months_from_then(session, who):
    number = give(session, who, 200, now=LONG_AGO, is_pending=True)
    before = queries.get_own(session, borrower_id=who, today=programme_day(NOW))
    service.make_available(session, borrower_id=who, number=number, cause=CAUSE, now=NOW)
    after = queries.get_own(session, borrower_id=who, today=programme_day(NOW))

    assert (before["available"], before["pending"]) == (0, 200)
    assert after == {
        "available": 200,
        "pending": 0,
        "held": 0,
        "expiring": [{"on": "2027-11-30", "points": 200}],
    }
    with pytest.raises(NotFound):
        service.make_available(session, borrower_id=who, number=number, cause=CAUSE, now=NOW)


def test_pending_points_that_are_undone_are_gone(session, who):
    number = give(session, who, 200, is_pending=True)
    reverse(session, who, number)
    assert queries.get_own(session, borrower_id=who, today=programme_day(NOW))["pending"] == 0


@pytest.mark.parametrize("points", [0, -5])
def test_nothing_is_not_moved(session, who, points):
    give(session, who, 50)
    for move in (spend, hold):
        with pytest.raises(ValueError, match="one at least"):
            move(session, who, points)


def test_of_somebody_else_there_is_nothing_to_undo(session, who):
    give(session, who, 50)
    _, other = make_member(session)
    with pytest.raises(NotFound):
        reverse(session, other, 1)
    give(session, other, 50)
    with pytest.raises(NotFound):
        reverse(session, other, 2)


@pytest.mark.parametrize("table", ["points_entry", "points_posting"])
@pytest.mark.parametrize("change", ["UPDATE {} SET points = points + 1", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_written(session, who, table, change):
    give(session, who, 50)
    with pytest.raises(DBAPIError, match="only added"), session.begin_nested():
        session.execute(text(change.format(table)))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE points_account SET available = -1",
        "UPDATE points_lot SET available = -1",
        "UPDATE points_lot SET held = 51",
        (
            "INSERT INTO points_entry (borrower_id, number, kind, points, occurred_at, cause_type,"
            " lot, from_account, to_account, moved) SELECT borrower_id, 9, 'spent', -6, opened_at,"
            " 'x', 1, 'available', 'redeemed', 5 FROM points_lot"
        ),
        (
            "INSERT INTO points_posting SELECT borrower_id, 9, number, 'issued', 'issued', 1"
            " FROM points_lot"
        ),
        (
            "INSERT INTO points_posting SELECT borrower_id, 9, number, 'issued', 'redeemed', 1"
            " FROM points_lot"
        ),
        (
            "INSERT INTO points_posting SELECT borrower_id, 9, number, 'issued', 'available', 0"
            " FROM points_lot"
        ),
    ],
)
def test_the_database_refuses_what_no_ledger_may_hold(session, who, change):
    give(session, who, 50)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(change))


@pytest.mark.parametrize(
    ("defect", "told"),
    [
        ("UPDATE points_account SET available = available + 1", "account, lots and entries differ"),
        ("UPDATE points_account SET held = 5", "open holds are not what is held"),
        ("UPDATE points_lot SET available = available - 1 WHERE number = 1", "lot 1 is not what"),
        ("UPDATE points_lot SET expires_on = '2027-01-31' WHERE number = 2", "oldest first"),
        (
            (
                "INSERT INTO points_entry"
                " (borrower_id, number, kind, points, occurred_at, cause_type)"
                " SELECT borrower_id, 9, 'spent', -5, occurred_at, 'x' FROM points_entry"
                " WHERE number = 1"
            ),
            "entry 9 is not what it posted",
        ),
    ],
)
def test_the_audit_names_a_planted_defect(session, who, defect, told):
    give(session, who, 50)
    give(session, who, 50, now=NOW + timedelta(days=40))
    spend(session, who, 10, now=NOW + timedelta(days=41))
    assert list(audit.check_points(session)) == []

    session.execute(text(defect))

    assert [line for line in audit.check_points(session) if told in line]
