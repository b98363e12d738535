"""Badges as payments bring them, one by one and over history, and what takes them back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from backend.events.badges import BadgeAwarded
from backend.kit import clock
from backend.kit.outbox import EventRow
from backend.programme import service as programme
from backend.programme.rules import Status
from rewards.badges.audit import check_badges
from rewards.badges.jobs import award_all
from rewards.badges.models import BadgeAward
from tests.badges.conftest import Payer, noon
from tests.clock import NOW, TODAY
from tests.factories.loans import make_payment
from tests.factories.runs import make_job_context

THREE, SIX, TWELVE = "three_in_a_row", "six_in_a_row", "twelve_in_a_row"


def list_rows(session, who):
    return session.execute(
        select(BadgeAward.__table__)
        .where(BadgeAward.borrower_id == who)
        .order_by(BadgeAward.earned_at, BadgeAward.code)
    ).all()


def list_events(session, who):
    return session.execute(
        select(EventRow.payload, EventRow.backfill, EventRow.occurred_at)
        .where(EventRow.name == BadgeAwarded.__name__, EventRow.borrower_id == who)
        .order_by(EventRow.seq)
    ).all()


def test_three_and_six_in_a_row_come_with_the_payment_that_earns_them(session, payer):
    payer.begin().pay(1, 2)
    assert payer.holds() == set()
    payer.pay(3)
    assert payer.holds() == {THREE}
    payer.pay(4, 5)
    assert payer.holds() == {THREE}
    payer.pay(6, 7)
    assert payer.holds() == {THREE, SIX}
    six = next(row for row in list_rows(session, payer.id) if row.code == SIX)
    assert (six.earned_on, six.facts, six.period) == (payer.days[5], {"on_time_streak": 6}, "")
    assert six.event_seq > 0
    assert [event.payload["code"] for event in list_events(session, payer.id)] == [THREE, SIX]
    assert not any(event.backfill for event in list_events(session, payer.id))
    assert list(check_badges(session)) == []


def test_telling_the_same_again_gives_nothing_more(session, payer, deliver):
    payer.begin().pay(1, 2, 3)
    payer.pay(1, 2, 3)
    award_all(make_job_context())
    award_all(make_job_context())
    assert len(list_rows(session, payer.id)) == 1
    assert len(list_events(session, payer.id)) == 1


def test_who_is_not_enrolled_is_given_none_until_she_is(session, payer, deliver):
    payer.begin(enrolled=False).pay(1, 2, 3)
    award_all(make_job_context())
    assert payer.holds() == set()
    payer.enrol()
    deliver()
    # What she did before counts, and is history.
    assert payer.holds() == {THREE}
    row = list_rows(session, payer.id)[0]
    assert (row.earned_on, row.awarded_at) == (payer.days[2], NOW)
    assert [event.backfill for event in list_events(session, payer.id)] == [True]
    assert list(check_badges(session)) == []


def test_a_pause_gives_none_and_takes_none(session, payer, deliver):
    payer.begin().pay(1, 2, 3)
    at = noon(payer.days[2] + timedelta(days=1))
    with clock.fixed(at):
        programme.set_status(
            session,
            borrower_id=payer.id,
            status=Status.PAUSED,
            reason="test",
            staff_id=None,
            now=at,
        )
        deliver()
    payer.pay(4, 5, 6)
    assert payer.holds() == {THREE}


def test_a_returned_payment_takes_back_what_it_alone_brought(session, payer):
    payer.begin().pay(1, 2, 3)
    payer.reverse(3, at=noon(payer.days[2] + timedelta(days=2)))
    assert payer.holds() == set()
    row = list_rows(session, payer.id)[0]
    assert (row.state, row.revoked_cause) == ("revoked", "payment_reversed")
    told = session.execute(select(EventRow.name).where(EventRow.seq == row.revoked_seq))
    assert told.scalar_one() == "PaymentReversed"
    assert list(check_badges(session)) == []


def test_it_can_be_earned_again(session, payer):
    payer.begin().pay(1, 2, 3)
    payer.reverse(3, at=noon(payer.days[2] + timedelta(days=2)))
    # April's payment pays March's, late; the fourth to the sixth come on time after that.
    on = payer.days[3] - timedelta(days=10)
    with clock.fixed(noon(on)):
        make_payment(
            session,
            loan="ana-loan",
            amount_minor=10_100,
            received_on=on,
            external_id="again",
        )
        payer.deliver()
    assert payer.holds() == set()
    payer.pay(4, 5)
    assert payer.holds() == set()
    payer.pay(6)
    assert payer.holds() == {THREE}
    assert payer.holds(state="revoked") == {THREE}
    first, second = list_rows(session, payer.id)
    assert (first.state, second.state) == ("revoked", "standing")
    assert second.earned_on == payer.days[5]


def test_what_she_missed_later_takes_nothing_back(session, payer, deliver):
    payer.begin().pay(1, 2, 3)
    payer.pay(4, late=20)
    payer.reverse(4, at=noon(payer.days[4]))
    assert payer.holds() == {THREE}


def test_only_what_rested_on_the_returned_payment_is_taken_back(payer):
    payer.begin().pay(1, 2, 3, 4, 5, 6, 7)
    payer.pay(8, late=20)
    # Without June's, July's payment is June's: late, and the streak that remains is of five.
    payer.reverse(6)
    assert payer.holds() == {THREE}
    assert payer.holds(state="revoked") == {SIX}


def test_an_award_stands_if_another_payment_of_that_time_carries_it(payer):
    payer.begin().pay(1, 2, 3)
    with clock.fixed(noon(payer.days[2])):
        make_payment(
            payer.session,
            loan="ana-loan",
            amount_minor=10_100,
            received_on=payer.days[2],
            external_id="twice",
        )
        payer.deliver()
    payer.reverse(3)
    assert payer.holds() == {THREE}
    assert payer.holds(state="revoked") == set()


def test_an_early_payment_returned_before_its_due_day_is_undone_too(payer):
    payer.begin().pay(1, 2)
    payer.pay(3, late=-20)
    assert payer.holds() == {THREE}
    payer.reverse(3, at=noon(payer.days[2] - timedelta(days=10)))
    assert payer.holds() == set()
    with clock.fixed(noon(payer.days[2])):
        make_payment(
            payer.session,
            loan="ana-loan",
            amount_minor=10_100,
            received_on=payer.days[2],
            external_id="third",
        )
        payer.deliver()
    assert payer.holds() == {THREE}
    assert payer.holds(state="revoked") == {THREE}


def test_a_repaired_payment_earns_as_one_on_time(payer):
    payer.begin().pay(1).pay(2, late=4).pay(3)
    assert payer.holds() == {THREE}


def test_all_at_once_is_what_one_by_one_was(session, deliver):
    """Each life twice: heard event by event, and found over history afterwards."""
    lives = [Payer(session, deliver, f"life-{number}").begin() for number in range(len(LIVES))]
    for life, story in zip(lives, LIVES, strict=True):
        story(life)
    keys = (
        "borrower_id", "code", "version", "period", "earned_at", "earned_on", "event_seq", "facts",
    )  # fmt: skip

    def standing():
        return sorted(
            str([getattr(row, key) for key in keys])
            for life in lives
            for row in list_rows(session, life.id)
            if row.state == "standing"
        )

    one_by_one = standing()
    assert len(one_by_one) >= 7
    session.execute(delete(BadgeAward))
    found = award_all(make_job_context())
    assert found["awarded"] == len(one_by_one)
    assert standing() == one_by_one


LIVES = (
    lambda life: life.pay(1, 2, 3, 4),
    lambda life: life.pay(1, 2, 3, 4, 5, 6, 7),
    lambda life: life.pay(1, 2).pay(3, late=20).pay(4, 5, 6),
    lambda life: life.pay(1, 2, 3).pay(4, late=9).pay(5),
    lambda life: life.pay(1, 2, 3).reverse(3, at=noon(life.days[2] + timedelta(days=1))).pay(4),
    lambda life: life.pay(1, 2, 3, 4, 5, 6).reverse(2),
    lambda life: life.pay(1, 2, 3, 4).reverse(4, at=noon(life.days[3] + timedelta(days=1))),
    lambda life: life.pay(1).pay(2, late=3).pay(3),
    lambda life: life.pay(1, 2),
)


def test_a_new_badge_is_given_over_the_past(session, payer, publish):
    payer.begin().pay(1, 2, 3).pay(4, late=20)
    publish()
    assert "two_in_a_row" not in payer.holds()
    assert award_all(make_job_context()) == {"borrowers": 1, "awarded": 1}
    row = next(row for row in list_rows(session, payer.id) if row.code == "two_in_a_row")
    assert row.earned_on == payer.days[1]
    assert [e.backfill for e in list_events(session, payer.id)] == [False, True]


@pytest.mark.parametrize(
    ("repeats", "periods"),
    [
        ("never", {"two_in_a_row"}),
        ("yearly", {("two_in_a_row", "2026")}),
        (
            "monthly",
            {("two_in_a_row", f"2026-0{month}") for month in (2, 3, 4, 5)},
        ),
    ],
)
def test_a_badge_repeats_by_the_year_or_the_month_of_her_own_days(payer, publish, repeats, periods):
    publish(repeats=repeats)
    payer.begin().pay(1, 2, 3, 4, 5)
    assert payer.holds() - {THREE} == periods


def test_a_new_year_of_hers_begins_at_her_own_midnight(session, payer, publish):
    publish(repeats="yearly", counters=[{"fact": "on_time_streak", "goal": 1}])
    payer.begin(first=TODAY.replace(year=2025, month=12, day=31), zone="America/New_York")
    # 22:00 on 31 December in New York, and 1 January in Shanghai already.
    with clock.fixed(datetime(2026, 1, 1, 3, tzinfo=UTC)):
        payer.pay(1, at=clock.now())
    assert payer.holds() == {("two_in_a_row", "2025")}


def test_a_condition_on_days_and_texts_is_read_as_of_each_moment(session, payer, publish):
    publish(
        predicate={
            "all": [
                {"fact": "days_past_due", "op": "eq", "value": 0},
                {"fact": "relationship_months", "op": "gte", "value": 3},
                {"fact": "product", "op": "eq", "value": "personal"},
                {"fact": "paid_ratio_6m", "op": "gte", "value": "1"},
                {"not": {"fact": "plan_active", "op": "eq", "value": True}},
            ]
        },
        counters=[],
    )
    payer.begin().pay(1, 2, 3, 4)
    row = next(row for row in list_rows(session, payer.id) if row.code == "two_in_a_row")
    # The loan is of 26 November: three months are full on 26 February.
    assert row.earned_on == payer.days[2]
    assert row.facts == {
        "days_past_due": 0,
        "relationship_months": 3,
        "product": "personal",
        "paid_ratio_6m": "1.0000",
        "plan_active": False,
    }
    assert list(check_badges(session)) == []


def test_the_audit_names_what_was_not_earned(session, payer):
    payer.begin().pay(1, 2, 3)
    session.execute(BadgeAward.__table__.update().values(facts={"on_time_streak": 2}))
    assert list(check_badges(session)) == [
        f"badge {THREE} of {payer.id}: its own facts do not earn it"
    ]
    session.execute(
        BadgeAward.__table__.update().values(
            facts={"on_time_streak": 3}, awarded_at=noon(payer.days[0]) - timedelta(days=300)
        )
    )
    assert list(check_badges(session)) == [f"badge {THREE} of {payer.id}: she was not enrolled"]
