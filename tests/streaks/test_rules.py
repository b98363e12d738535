from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from backend.streaks.rules import (
    REPAIR_MONTHS,
    Outcome,
    Unit,
    add_months,
    goal_of,
    installment_outcome,
    is_repairable,
    month_outcome,
    repaired_of,
    streak_of,
)

DUE = date(2026, 3, 31)
K, N, B = Outcome.KEPT, Outcome.NEUTRAL, Outcome.BROKEN


def outcome(*, paid=None, as_of=0, grace=0, skipped=False):
    return installment_outcome(
        due_on=DUE,
        paid_on=None if paid is None else DUE + timedelta(days=paid),
        is_skipped=skipped,
        grace_days=grace,
        as_of=DUE + timedelta(days=as_of),
    )


def monthly(letters, *, first=date(2025, 1, 31)):
    """K kept, N neutral, B broken, R broken and repairable: one a month."""
    outcomes = {"K": K, "N": N, "B": B, "R": B}
    return [
        Unit(add_months(first, n), outcomes[letter], is_repairable=letter == "R")
        for n, letter in enumerate(letters)
    ]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"paid": 0, "as_of": 0}, K),
        ({"paid": -20, "as_of": -10}, K),
        ({"paid": -20, "as_of": -30}, N),
        ({"as_of": 0}, N),
        ({"as_of": 1}, B),
        ({"paid": 1, "as_of": 1}, B),
        ({"paid": 3, "as_of": 9, "grace": 3}, K),
        ({"paid": 4, "as_of": 9, "grace": 3}, B),
        ({"as_of": 3, "grace": 3}, N),
        ({"as_of": 99, "skipped": True}, N),
    ],
)
def test_on_time_means_paid_by_the_due_day_and_grace(how, expected):
    assert outcome(**how) is expected


def test_a_month_without_consumption_neither_breaks_nor_counts():
    assert month_outcome(days_past_due_max=0, has_activity=True) is K
    assert month_outcome(days_past_due_max=0, has_activity=False) is N
    assert month_outcome(days_past_due_max=1, has_activity=False) is B


@pytest.mark.parametrize(
    ("late", "known", "as_of", "expected"),
    [
        (5, True, 9, True),
        (6, True, 9, False),
        (5, False, 9, False),
        (5, True, 4, False),
        (None, True, 9, False),
    ],
)
def test_what_was_paid_at_most_five_days_late_on_a_known_day_can_be_repaired(
    late, known, as_of, expected
):
    found = is_repairable(
        due_on=DUE,
        paid_on=None if late is None else DUE + timedelta(days=late),
        is_day_known=known,
        as_of=DUE + timedelta(days=as_of),
    )
    assert found is expected


@pytest.mark.parametrize(
    ("letters", "current", "longest"),
    [
        ("", 0, 0),
        ("KK", 2, 2),
        ("KBKNK", 2, 2),
        ("KKKB", 0, 3),
        ("NN", 0, 0),
        ("KKRKK", 5, 5),  # the repaired one counts
        ("KKR", 3, 3),
        ("RKKKKKR", 7, 7),  # six months apart
        ("RKKKKR", 5, 5),  # five: the newer is repaired, and the streak begins after the older
        ("KKKRKRK", 3, 5),
        ("KKRRRR", 1, 3),
        ("KRBK", 1, 2),
        ("KRNNK", 3, 3),
    ],
)
def test_one_in_six_months_is_repaired_and_counts(letters, current, longest):
    found = streak_of(monthly(letters))
    assert (found.current, found.longest) == (current, longest)


@pytest.mark.parametrize(
    ("letters", "repaired"),
    [("KRKRK", "   x "), ("RKKKKKR", "x     x"), ("RBKR", "   x"), ("KBK", "   ")],
)
def test_the_newest_is_repaired_first(letters, repaired):
    assert repaired_of(monthly(letters)) == [mark == "x" for mark in repaired]


any_letters = st.text(alphabet="KKKNBR", max_size=30)


@given(letters=any_letters)
def test_repairs_lie_six_months_apart_and_explain_the_streak(letters):
    units = monthly(letters)
    marks = repaired_of(units)

    used = [unit.on for unit, mark in zip(units, marks, strict=True) if mark]
    assert all(add_months(a, REPAIR_MONTHS) <= b for a, b in pairwise(used))
    length = 0
    for unit, mark in zip(units, marks, strict=True):
        broken = unit.outcome is B and not mark
        length = 0 if broken else length + (unit.outcome is not N)
    assert streak_of(units).current == length


@given(letters=any_letters)
def test_the_longest_is_the_best_that_the_streak_ever_was(letters):
    units = monthly(letters)
    ever = [streak_of(units[:n]).current for n in range(len(units) + 1)]
    assert streak_of(units).longest == max(ever)


@given(
    lates=st.lists(st.none() | st.integers(-3, 9), min_size=1, max_size=20),
    place=st.integers(0, 19),
    sooner=st.integers(1, 9),
    grace=st.integers(0, 3),
)
def test_paying_one_of_them_sooner_never_shortens_a_streak(lates, place, sooner, grace):
    place %= len(lates)
    as_of = add_months(DUE, len(lates) + 1)

    def current(lates):
        units = []
        for n, late in enumerate(lates):
            due_on = add_months(DUE, n)
            known = {
                "due_on": due_on,
                "paid_on": None if late is None else due_on + timedelta(days=late),
                "as_of": as_of,
            }
            units.append(
                Unit(
                    due_on,
                    installment_outcome(**known, is_skipped=False, grace_days=grace),
                    is_repairable(**known, is_day_known=True),
                )
            )
        return streak_of(units)

    before = current(lates)
    earlier = [*lates]
    earlier[place] = 9 if lates[place] is None else lates[place] - sooner
    after = current(earlier)
    assert after.current >= before.current
    assert after.longest >= before.longest


@given(
    earlier=st.integers(-40, 40),
    later=st.integers(0, 40),
    grace=st.integers(0, 3),
    as_of=st.integers(-40, 90),
)
def test_paying_earlier_never_makes_a_worse_outcome(earlier, later, grace, as_of):
    early = outcome(paid=earlier, as_of=as_of, grace=grace)
    late = outcome(paid=earlier + later, as_of=as_of, grace=grace)

    assert early.value >= late.value


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(0, 30))
def test_months_are_added_as_the_database_adds_them(session, day, months):
    added = text("SELECT (CAST(:day AS date) + make_interval(months => :months))::date")
    found = session.execute(added, {"day": day, "months": months}).scalar_one()
    assert add_months(day, months) == found


@pytest.mark.parametrize(
    ("current", "goal"), [(0, 3), (2, 3), (3, 6), (5, 6), (6, 12), (11, 12), (12, None)]
)
def test_the_goal_is_the_next_of_three_six_and_twelve(current, goal):
    assert goal_of(current) == goal
