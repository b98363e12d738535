"""A schedule that goes on from what is left of another, and small payments for a while."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.loans.rules.schedules import (
    MONTHLY,
    Contradiction,
    DayCount,
    Method,
    Request,
    Rest,
    Terms,
    TokenPayments,
    reckon,
)

START = date(2025, 12, 31)
DUE = (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31))


def terms(rest, *, method=Method.EQUAL_INSTALLMENT, installments=3, rate="0.12", **more):
    return Terms(method, 90_000, Fraction(rate), installments, MONTHLY, START, rest=rest, **more)


def rows(*args, changes=(), **kwargs):
    return [
        (row.due_on, row.principal_minor, row.interest_minor)
        for row in reckon(Request(terms(*args, **kwargs), changes)).rows
    ]


def test_days_are_as_told_and_go_on_without_drifting():
    days = [due_on for due_on, _, _ in rows(Rest(31, DUE), installments=6)]
    assert days == [*DUE, date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)]


def test_a_rest_that_bears_all_its_interest_is_a_loan_of_its_own():
    plain = reckon(
        Request(Terms(Method.EQUAL_INSTALLMENT, 90_000, Fraction("0.12"), 3, MONTHLY, START))
    )
    assert rows(Rest(31, DUE)) == [
        (row.due_on, row.principal_minor, row.interest_minor) for row in plain.rows
    ]


def test_idle_principal_bears_nothing_until_its_day():
    half = DUE[0] - timedelta(days=15)  # 16 of January's 31 days are gone
    [(_, _, interest), *_] = rows(Rest(31, DUE, idle=((half, 31_000),)))
    # 1 % a month of 90,000, less that of 31,000 over 16/31 of the month.
    assert interest == 900 - 160


def test_known_interest_is_asked_for_first_and_bears_none():
    laid = rows(Rest(31, DUE, idle=((DUE[0], 90_000),), carried_interest_minor=777))
    assert laid[0][2] == 777
    assert laid[1][2] == round((90_000 - laid[0][1]) * 0.01)


def test_an_instalment_can_be_kept():
    laid = rows(Rest(31, DUE, level_minor=20_000))
    assert [principal + interest for _, principal, interest in laid[:2]] == [20_000, 20_000]
    assert sum(principal for _, principal, _ in laid) == 90_000


def test_days_that_do_not_follow_one_another_are_refused():
    with pytest.raises(Contradiction) as fault:
        rows(Rest(31, (DUE[1], DUE[0])))
    assert fault.value.code == "not_in_order"


@pytest.mark.parametrize("method", Method)
def test_small_payments_are_all_that_is_asked_for_a_while(method):
    changes = [TokenPayments(DUE[0], 2, 500)]
    laid = rows(Rest(31, DUE), method=method, changes=changes)
    assert len(laid) == 5
    # Interest is more than that, so it is paid first, and no principal is.
    assert [(principal, interest) for _, principal, interest in laid[:2]] == [(0, 500), (0, 500)]
    assert sum(principal for _, principal, _ in laid) == 90_000


def test_unpaid_interest_of_small_payments_bears_none_itself():
    small, none = (
        sum(i for _, _, i in rows(Rest(31, DUE), changes=[TokenPayments(DUE[0], 2, amount)]))
        for amount in (900, 1)
    )
    # Either way 90,000 is owed for two months more: what waits costs nothing by itself. What is
    # asked for later displaces principal, which goes on bearing its own.
    assert 0 <= none - small < 60


def test_more_small_payments_than_instalments_are_refused():
    with pytest.raises(Contradiction) as fault:
        rows(Rest(31, DUE), changes=[TokenPayments(DUE[0], 4, 500)])
    assert fault.value.code == "too_many"


@given(
    method=st.sampled_from(Method),
    day_count=st.sampled_from(DayCount),
    rate=st.integers(0, 60),
    installments=st.integers(3, 30),
    amount=st.integers(0, 5_000),
    count=st.integers(0, 3),
    idle=st.integers(0, 90_000),
    carried=st.integers(0, 5_000),
)
def test_the_principal_is_repaid_exactly_and_known_interest_is_asked_for_once(
    method, day_count, rate, installments, amount, count, idle, carried
):
    rest = Rest(31, DUE, idle=((DUE[0], idle),), carried_interest_minor=carried)
    changes = [TokenPayments(DUE[0], count, amount)] if count else []
    laid = rows(
        rest,
        method=method,
        rate=f"0.{rate:02}",
        installments=installments,
        day_count=day_count,
        changes=changes,
    )
    assert sum(principal for _, principal, _ in laid) == 90_000
    assert min(min(principal, interest) for _, principal, interest in laid) >= 0
    if rate == 0:
        assert sum(interest for _, _, interest in laid) == carried


@given(
    rate=st.integers(1, 40),
    installments=st.integers(4, 60),
    carried=st.integers(0, 20_000),
)
def test_waiting_interest_is_shared_by_all_instalments_alike(rate, installments, carried):
    rest = Rest(31, DUE, carried_interest_minor=carried, is_evened=True)
    laid = rows(rest, rate=f"0.{rate:02}", installments=installments)
    amounts = [principal + interest for _, principal, interest in laid]
    assert len(laid) == installments
    # Each instalment more or less by one changes the last by as much as it amounts to by then.
    assert abs(amounts[-1] - amounts[0]) <= 2 * installments * (1 + rate / 1200) ** installments
