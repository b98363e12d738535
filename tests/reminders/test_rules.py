"""Bounds of a plan, the holdout, intervals, feasts and birthdays: by themselves."""

import json
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import literal, select

from notifications.reminders.plan import read_plan
from notifications.reminders.planning import place_of
from notifications.reminders.rules import (
    Feast,
    Stage,
    feasts_of,
    find_plan_errors,
    holdout_place,
    is_birthday,
    is_held_out,
)
from notifications.templates.shipped import SHIPPED

SHIPPED_PLAN = Path(__file__).parents[2] / "migrations" / "default_reminder_plan_1.json"
PLAN = read_plan(json.loads(SHIPPED_PLAN.read_text()), version=1)


def stages(*days):
    return tuple(
        Stage(f"s_{n}", day, "reminder.late_7", "reminder.late_7") for n, day in enumerate(days)
    )


def errors(plan):
    return [at for at, _ in find_plan_errors(plan, templates=set(SHIPPED))]


def test_what_is_shipped_holds_to_its_own_rules():
    assert errors(PLAN) == []
    assert [each.days for each in PLAN.stages] == [-7, -3, -1, 0, 1, 7, 21]


@pytest.mark.parametrize(("change", "pointer"), [
    ({"stages": stages(-6, -3, -1, 0)}, "#/plan/stages/3/days"),
    ({"stages": stages(1, 2, 3, 7)}, "#/plan/stages/3/days"),
    ({"stages": stages(22)}, "#/plan/stages/0/days"),
    ({"stages": stages(-15)}, "#/plan/stages/0/days"),
    ({"stages": stages(3, 3)}, "#/plan/stages/1/days"),
    ({"stages": (replace(PLAN.stages[0], keep_days=1),)}, "#/plan/stages/0/keep_days"),
    ({"stages": (replace(PLAN.stages[4], keep_days=7),)}, "#/plan/stages/0/keep_days"),
    ({"stages": (replace(PLAN.stages[0], standard="greeting.no"),)},
     "#/plan/stages/0/templates/standard"),
    ({"send_from": time(8, 59)}, "#/plan/send_from"),
    ({"send_until": time(20, 31)}, "#/plan/send_until"),
    ({"send_from": time(11), "send_until": time(11, 29)}, "#/plan/send_until"),
    ({"send_from": time(12), "send_until": time(11)}, "#/plan/send_until"),
    ({"holdout_percent": 21}, "#/plan/holdout_percent"),
])  # fmt: skip
def test_a_plan_outside_the_rules_is_refused_with_its_place(change, pointer):
    assert pointer in errors(replace(PLAN, **change))


@given(days=st.sets(st.integers(-14, 21), min_size=1, max_size=8))
def test_no_plan_crowds_more_than_three_into_seven_days_on_a_side(days):
    is_refused = bool(errors(replace(PLAN, stages=stages(*days))))
    sides = [sorted(d for d in days if d <= 0), sorted(d for d in days if d > 0)]
    most = max(
        sum(first <= each < first + 7 for each in side)
        for side in sides
        for first in range(-14, 22)
    )
    assert is_refused is (most > 3)


def test_nothing_is_ever_due_on_the_hour():
    minutes = replace(PLAN, send_from=time(9), send_until=time(20, 30)).minutes
    assert len(minutes) == 690 - 12
    assert not [minute for minute in minutes if minute % 60 == 0]


@given(who=st.uuids())
def test_the_holdout_is_the_same_in_every_language_and_for_ever(session, who):
    in_sql = session.execute(select(place_of(literal(who)))).scalar_one()
    assert in_sql == holdout_place(who)


def test_the_holdout_is_stable_and_of_the_size_that_was_asked_for():
    assert holdout_place(UUID(int=1)) == 4493
    people = [UUID(int=n) for n in range(20_000)]
    held = [who for who in people if is_held_out(who, percent=5)]
    assert 0.045 < len(held) / len(people) < 0.055
    assert all(is_held_out(who, percent=10) for who in held)
    assert not any(is_held_out(who, percent=0) for who in people)


@pytest.mark.parametrize(("year", "spring", "autumn"), [
    (2025, "2025-01-29", "2025-10-06"), (2026, "2026-02-17", "2026-09-25"),
    (2027, "2027-02-06", "2027-09-15"), (2028, "2028-01-26", "2028-10-03"),
    (2033, "2033-01-31", "2033-09-08"), (2057, "2057-02-04", "2057-09-13"),
])  # fmt: skip
def test_feasts_fall_where_the_calendar_puts_them(year, spring, autumn):
    assert feasts_of(year) == {
        date(year, 1, 1): Feast.NEW_YEAR,
        date.fromisoformat(spring): Feast.SPRING_FESTIVAL,
        date.fromisoformat(autumn): Feast.MID_AUTUMN,
    }


@pytest.mark.parametrize(("born", "today", "is_one"), [
    ("1990-05-17", "2026-05-17", True), ("1990-05-17", "2026-05-18", False),
    ("1992-02-29", "2028-02-29", True), ("1992-02-29", "2026-02-28", True),
    ("1992-02-29", "2028-02-28", False), ("1992-02-29", "2026-03-01", False),
    ("1992-02-28", "2026-02-28", True), ("2026-11-23", "2026-11-23", False),
])  # fmt: skip
def test_a_birthday_is_once_a_year(born, today, is_one):
    assert is_birthday(date.fromisoformat(born), today=date.fromisoformat(today)) is is_one


@given(born=st.dates(date(1930, 1, 1), date(2008, 12, 31)), year=st.integers(2024, 2060))
def test_every_year_has_one_birthday(born, year):
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range(366)]
    assert sum(is_birthday(born, today=day) for day in days if day.year == year) == 1
