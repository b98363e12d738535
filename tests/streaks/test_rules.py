from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.streaks.rules import Outcome, installment_outcome, month_outcome, streak_of

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
    ("outcomes", "length"), [([], 0), ([K, K], 2), ([K, B, K, N, K], 2), ([K, B], 0), ([N, N], 0)]
)
def test_a_streak_is_what_was_kept_since_the_last_break(outcomes, length):
    assert streak_of(outcomes) == length


@given(
    earlier=st.integers(-40, 40),
    later=st.integers(0, 40),
    grace=st.integers(0, 3),
    as_of=st.integers(-40, 90),
)
def test_paying_earlier_never_shortens_a_streak(earlier, later, grace, as_of):
    early = outcome(paid=earlier, as_of=as_of, grace=grace)
    late = outcome(paid=earlier + later, as_of=as_of, grace=grace)

    assert early.value >= late.value
