"""Schedules at the edges of days and clocks, the lot, and what multiplying adds. Pure."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.predicates import FactType
from rewards.campaigns.document import read_terms
from rewards.campaigns.evaluation import (
    LOTS,
    arm_of,
    is_within,
    lot,
    multiplied,
    period_start,
)
from rewards.campaigns.outcomes import Arm
from rewards.campaigns.rules import Every
from rewards.campaigns.terms import Period, Schedule
from tests.factories.campaigns import document

YORK = "America/New_York"
FACTS = {"tier": FactType.TEXT, "on_time_streak": FactType.INTEGER}


def schedule(*parts, zone=YORK, starts=date(2026, 1, 1), ends=date(2026, 12, 31), days=None):
    return Schedule(starts, ends, zone, days, tuple(parts) or None)


def at(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        # Spring: 2026-03-08, 02:00 becomes 03:00. The hour between two and three never is.
        ("2026-03-08T06:59:59Z", True),  # 01:59:59 EST
        ("2026-03-08T07:00:00Z", False),  # 03:00 EDT
        # Autumn: 2026-11-01, 02:00 becomes 01:00. The hour from one to two is twice.
        ("2026-11-01T05:30:00Z", True),  # 01:30 EDT
        ("2026-11-01T06:30:00Z", True),  # 01:30 EST
        ("2026-11-01T07:00:00Z", False),  # 02:00 EST is in neither part
    ],
)
def test_a_daypart_goes_by_the_clock_on_the_wall(instant, expected):
    parts = schedule((time(1), time(2)), (time(2, 15), time(2, 45)))
    assert is_within(parts, at(instant)) is expected


def test_a_daypart_that_the_clocks_leave_out_is_never():
    parts = schedule((time(2), time(3)))
    day = [
        datetime(2026, 3, 8, hour, minute, tzinfo=UTC) for hour in range(24) for minute in (0, 30)
    ]
    assert not any(is_within(parts, each) for each in day)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-01-01T04:59:59Z", False),  # still 2025 in New York
        ("2026-01-01T05:00:00Z", True),
        ("2027-01-01T04:59:59Z", True),
        ("2027-01-01T05:00:00Z", False),
    ],
)
def test_both_days_are_included_in_the_campaigns_zone(instant, expected):
    assert is_within(schedule(), at(instant)) is expected


def test_a_daypart_begins_with_its_first_minute_and_ends_before_its_last():
    parts = schedule((time(9), time(20, 30)), zone="Asia/Shanghai")
    assert is_within(parts, at("2026-05-05T01:00:00Z"))
    assert not is_within(parts, at("2026-05-05T00:59:59Z"))
    assert is_within(parts, at("2026-05-05T12:29:59Z"))
    assert not is_within(parts, at("2026-05-05T12:30:00Z"))


def test_weekdays_are_those_of_the_zone():
    sundays = schedule(zone="Asia/Shanghai", days=frozenset({7}))
    assert is_within(sundays, at("2026-05-02T16:00:00Z"))  # Sunday there, Saturday in UTC
    assert not is_within(sundays, at("2026-05-03T16:00:00Z"))


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (Every.DAY, date(2026, 5, 6)),
        (Every.WEEK, date(2026, 5, 4)),
        (Every.MONTH, date(2026, 5, 1)),
    ],
)
def test_a_period_begins(every, expected):
    assert period_start(Period(every, None, None), date(2026, 5, 6)) == expected


@given(st.uuids(), st.uuids())
def test_the_lot_is_the_same_at_every_look(campaign, borrower):
    assert lot(campaign, borrower) == lot(UUID(str(campaign)), UUID(str(borrower)))
    assert 0 <= lot(campaign, borrower) < LOTS


def test_the_share_held_out_is_about_what_was_asked_for():
    terms = read_terms(document(holdout="0.10"), campaign_id=uuid4(), version=1, facts=FACTS)
    held = sum(arm_of(terms, UUID(int=n)) is Arm.HOLDOUT for n in range(20_000))
    assert 1_800 <= held <= 2_200


@given(st.integers(0, 10_000), st.decimals("1.01", "10", places=2))
def test_multiplying_adds_whole_points_and_never_more_than_it_says(points, factor):
    added = multiplied(points, factor)
    assert 0 <= added <= points * (factor - 1) < added + 1
    assert multiplied(points, Decimal(2)) == points
