from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.money import CurrencyMismatchError, Money, Rounding, rounded


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        (Rounding.HALF_UP, [3, 4, -3, 2]),
        (Rounding.HALF_EVEN, [2, 4, -2, 2]),
        (Rounding.DOWN, [2, 3, -2, 2]),
        (Rounding.UP, [3, 4, -3, 3]),
    ],
)
def test_each_rounding_treats_halves_and_rests_as_its_name_says(rounding, expected):
    values = [Fraction(5, 2), Fraction(7, 2), Fraction(-5, 2), Fraction(21, 10)]

    assert [rounded(value, rounding=rounding) for value in values] == expected


def test_a_share_is_rounded_once_from_the_exact_fraction():
    assert Money(1001, "CNY").share(Fraction(1, 3), rounding=Rounding.HALF_UP) == Money(334, "CNY")


def test_amounts_of_two_currencies_are_never_added():
    with pytest.raises(CurrencyMismatchError):
        Money(1, "CNY") + Money(1, "USD")


@given(
    amount=st.integers(0, 10**12), weights=st.lists(st.integers(1, 1000), min_size=1, max_size=20)
)
def test_allocation_loses_no_unit(amount, weights):
    parts = Money(amount, "CNY").allocate(weights)

    assert sum(part.amount_minor for part in parts) == amount
    assert all(part.amount_minor >= 0 for part in parts)


def test_words_follow_the_currency_and_the_language():
    assert Money(1234500, "CNY").in_words("en") == "CN¥12,345.00"
    assert Money(500, "JPY").in_words("zh-CN") == "JP¥500"
