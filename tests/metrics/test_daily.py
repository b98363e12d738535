"""Figures of each day: counted once an hour, restated, and the same however often."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from backend.app import daily_figures
from backend.kit.figures import Counted, DailyFigure, Measure, Span
from backend.kit.ids import new_id
from backend.kit.texts import Text
from backend.kit.wiring import JobContext
from backend.metrics import jobs, rules, sources
from backend.metrics.models import DailyFigureRow
from backend.tiers import figures as tier_figures
from community.cases.rules import Queue
from tests.clock import NOW, TODAY
from tests.tiers.standing import make_late, place

WORD = Text("things", "件")


@pytest.fixture(autouse=True)
def the_product_counts_again():
    yield
    sources.configure(daily_figures())


def count(*, on=0, now=NOW):
    as_of = TODAY + timedelta(days=on)
    context = JobContext(as_of=as_of, now=now, run_id=new_id(), heartbeat=lambda: None)
    return jobs.count_daily(context)


def numbers(session, name, *, on=0):
    rows = session.execute(
        select(DailyFigureRow.part, DailyFigureRow.number).where(
            DailyFigureRow.name == name, DailyFigureRow.day == TODAY + timedelta(days=on)
        )
    )
    return {row.part: row.number for row in rows}


def only(name, **how):
    sources.configure({name: DailyFigure(WORD, how.pop("measure", Measure.FLOW), WORD, **how)})


def test_tiers_are_counted_as_they_stand(session):
    for days in (0, 0, 10, 40):
        make_late(session, days)

    count()

    found = numbers(session, "tiers")
    assert found["current"] + found["potential"] + found["stable"] == found[""] == 4
    assert found["potential"] == 1


def test_past_days_are_put_together_from_the_records(session):
    borrower_id = make_late(session, 10)
    session.execute(
        text("UPDATE tier_evaluation SET evaluated_on = evaluated_on - 9"),
    )
    session.execute(text("UPDATE loan SET oldest_unpaid_due_on = NULL"))
    session.execute(text("UPDATE profile SET oldest_unpaid_due_on = NULL, dpd_base = 0"))
    place(session, borrower_id)
    now = numbers_of(session, tier_figures.count_now)[TODAY]

    past = numbers_of(session, tier_figures.count_past, days=12)

    assert TODAY - timedelta(days=10) not in past
    assert past[TODAY - timedelta(days=9)] == {"potential": 1}
    assert past[TODAY - timedelta(days=1)] == {"potential": 1}
    # What the records add up to is what stands.
    assert {part: n for part, n in past[TODAY].items() if n} == now
    moves = numbers_of(session, tier_figures.count_moves, days=12)
    assert moves == {TODAY: {f"potential>{next(iter(now))}": 1}}


def numbers_of(session, counter, *, days=1):
    span = Span(TODAY - timedelta(days=days - 1), TODAY, NOW)
    found: dict = {}
    for each in counter(session, span):
        found.setdefault(each.on, {})[each.part] = each.number
    return found


def test_a_day_is_restated_and_not_added_to(session):
    make_late(session, 0)
    count()
    make_late(session, 0)
    count()
    rows = session.execute(select(func.count()).select_from(DailyFigureRow)).scalar_one()

    count()

    assert numbers(session, "tiers")[""] == 2
    assert session.execute(select(func.count()).select_from(DailyFigureRow)).scalar_one() == rows


def test_a_part_that_is_gone_is_not_kept(session):
    told = [Counted(TODAY, "a", 1), Counted(TODAY, "b", 2)]
    only("things", past=lambda *_: told)
    count()
    assert numbers(session, "things") == {"": 3, "a": 1, "b": 2}

    told.pop()
    count()

    assert numbers(session, "things") == {"": 1, "a": 1}


def test_days_that_nobody_counted_are_counted_later_and_told_as_nothing(session):
    spans = []

    def past(_, span):
        spans.append((span.first_on, span.last_on))
        return [Counted(TODAY, "a", 1)] if span.last_on == TODAY else []

    only("things", past=past)
    count()
    count(on=3, now=NOW + timedelta(days=3))

    assert spans == [
        (TODAY - timedelta(days=rules.HISTORY_DAYS - 1), TODAY),
        (TODAY, TODAY + timedelta(days=3)),
    ]
    assert numbers(session, "things", on=2) == {"": 0}


def test_what_stands_now_is_not_told_of_a_day_that_is_over(session):
    only("things", measure=Measure.LEVEL, now=lambda _, span: [Counted(span.last_on, "a", 7)])

    count(on=-1)
    assert numbers(session, "things", on=-1) == {}

    count()
    assert numbers(session, "things") == {"": 7, "a": 7}


def test_one_figure_that_fails_leaves_the_others_counted(session):
    def fail(*_):
        message = "away"
        raise ValueError(message)

    broken = DailyFigure(WORD, Measure.FLOW, WORD, past=fail)
    sources.configure({"broken": broken, **daily_figures()})
    make_late(session, 0)

    with pytest.raises(ValueError, match="away"):
        count()

    assert numbers(session, "tiers")[""] == 1
    assert numbers(session, "broken") == {}


def test_the_longest_wait_is_no_sum(session):
    told = [Counted(TODAY, "a", 3), Counted(TODAY, "b", 5)]
    only("waits", measure=Measure.LONGEST, now=lambda *_: told)

    count()

    assert numbers(session, "waits")[""] == 5


def test_every_figure_counts_an_empty_programme(session):
    answer = count()

    assert answer["figures"] == len(daily_figures())
    assert numbers(session, "moderation_open") == {"": 0}
    assert set(daily_figures()["moderation_waits"].parts) == set(Queue)


@given(
    st.dictionaries(
        st.dates(min_value=TODAY - timedelta(days=60), max_value=TODAY),
        st.integers(min_value=0, max_value=1_000),
    )
)
def test_weeks_of_what_happened_hold_all_of_it(days):
    weeks = rules.by_week(days, measure=Measure.FLOW)

    assert sum(weeks.values()) == sum(days.values())
    assert all(week.isoweekday() == 1 for week in weeks)


def test_a_week_of_what_stood_is_its_last_day():
    monday = rules.monday_of(TODAY)
    days = {monday: 4, monday + timedelta(days=2): 9}

    assert rules.by_week(days, measure=Measure.LEVEL) == {monday: 9}
