"""Intervals as the literature prints them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.statistics import Mean, Share, difference, difference_of_means, t_95

# Newcombe 1998 (Statistics in Medicine 17, 873-890), table II, method 10.
NEWCOMBE = [
    (Share(56, 70), Share(48, 80), [0.2000, 0.0524, 0.3339]),
    (Share(9, 10), Share(3, 10), [0.6000, 0.1705, 0.8090]),
    (Share(6, 7), Share(2, 7), [0.5714, 0.0582, 0.8062]),
    (Share(5, 56), Share(0, 29), [0.0893, -0.0381, 0.1926]),
    (Share(0, 10), Share(0, 20), [0.0000, -0.1611, 0.2775]),
    (Share(0, 10), Share(0, 10), [0.0000, -0.2775, 0.2775]),
    (Share(10, 10), Share(0, 20), [1.0000, 0.6791, 1.0000]),
    (Share(10, 10), Share(0, 10), [1.0000, 0.6075, 1.0000]),
]
# Tables of Student's t, two-sided 95 %.
STUDENT = {10: 2.228139, 29: 2.045230, 30: 2.042272, 60: 2.000298, 120: 1.979930}
SHARES = st.integers(1, 10_000).flatmap(
    lambda size: st.integers(0, size).map(lambda count: Share(count, size))
)


@pytest.mark.parametrize(("a", "b", "printed"), NEWCOMBE, ids=lambda value: repr(value)[-24:])
def test_differences_of_shares_are_those_of_the_paper(a, b, printed):
    assert [round(each, 4) for each in difference(a, b)] == printed


def test_nobody_differs_from_nobody():
    assert difference(Share(0, 0), Share(1, 2)) is None
    assert difference_of_means(Mean(1, 1, 1), Mean(1, 1, 30)) is None


@pytest.mark.parametrize(("degrees", "printed"), STUDENT.items())
def test_student_s_t_is_that_of_the_tables(degrees, printed):
    assert t_95(degrees) == pytest.approx(printed, abs=2e-5)


def test_a_difference_of_means_is_that_of_the_handbook():
    # NIST/SEMATECH e-Handbook 1.3.5.3, AUTO83B: t = -12.9463 with 136.875 degrees of freedom.
    usa, japan = Mean(20.14458, 6.41470**2, 249), Mean(30.48101, 6.10771**2, 79)
    found, low, high = difference_of_means(usa, japan)
    assert found == pytest.approx(-10.33643)
    half = (high - low) / 2
    assert found / (half / t_95(136.875)) == pytest.approx(-12.9463, abs=1e-4)
    assert found - low == pytest.approx(high - found)


def test_values_without_spread_differ_by_what_they_differ():
    assert difference_of_means(Mean(2, 0, 30), Mean(1, 0, 30)) == (1, 1, 1)


@given(share=SHARES)
def test_an_interval_holds_its_share_and_stays_within_bounds(share):
    low, high = share.interval
    assert 0 <= low <= share.value + 1e-12
    assert share.value - 1e-12 <= high <= 1


@given(a=SHARES, b=SHARES)
def test_a_difference_is_turned_by_turning_the_groups(a, b):
    found, low, high = difference(a, b)
    assert low - 1e-12 <= found <= high + 1e-12
    turned = difference(b, a)
    assert (-found, -high, -low) == pytest.approx(turned)
