"""What is left of a month: more never hurts, less never helps, and what would change it, does."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.benefits.reasons import SENSITIVE, Reason
from backend.hardship import rules
from backend.hardship.affordability import (
    FIXED_KINDS,
    FLEXIBLE_KINDS,
    INCOME_KINDS,
    Finding,
    Statement,
    Way,
    judge,
)
from backend.hardship.rules import MOVES, OPEN, State

amounts = st.integers(0, 10**9)


def of(kinds):
    return st.dictionaries(st.sampled_from(kinds), amounts, max_size=len(kinds))


statements = st.builds(
    Statement,
    currency=st.just("CNY"),
    income=of(INCOME_KINDS),
    fixed_costs=of(FIXED_KINDS),
    flexible_costs=of(FLEXIBLE_KINDS),
    other_debts_minor=amounts,
    own_due_minor=amounts,
)
ORDER = [Finding.NOTHING_LEFT, Finding.TIGHT, Finding.SUSTAINABLE]


def plus(amounts_by_kind, kind, amount):
    return {**amounts_by_kind, kind: amounts_by_kind.get(kind, 0) + amount}


@given(statements, amounts)
def test_more_income_never_makes_it_worse(statement, more):
    richer = replace(statement, income=plus(statement.income, "wages", more))
    assert judge(richer).room_minor >= judge(statement).room_minor
    assert judge(richer).is_sustainable >= judge(statement).is_sustainable


@given(statements, amounts)
def test_higher_costs_or_dues_never_make_it_better(statement, more):
    before = judge(statement)
    for worse in (
        replace(statement, fixed_costs=plus(statement.fixed_costs, "housing", more)),
        replace(statement, flexible_costs=plus(statement.flexible_costs, "food", more)),
        replace(statement, other_debts_minor=statement.other_debts_minor + more),
        replace(statement, own_due_minor=statement.own_due_minor + more),
    ):
        assert judge(worse).is_sustainable <= before.is_sustainable
        assert ORDER.index(judge(worse).finding) <= ORDER.index(before.finding)


def changed(statement, way, amount):
    match way:
        case Way.INCOME_UP:
            return replace(statement, income=plus(statement.income, "other", amount))
        case Way.DUE_DOWN:
            return replace(statement, own_due_minor=amount)
        case Way.FLEXIBLE_DOWN:
            left = sum(statement.flexible_costs.values()) - amount
            return replace(statement, flexible_costs={"other": left})


@given(statements)
def test_each_way_out_is_enough_and_no_more_than_that(statement):
    verdict = judge(statement)
    assert (verdict.would_change == ()) == verdict.is_sustainable
    assert len(verdict.would_change) <= 3
    for way, amount in verdict.would_change:
        assert amount > 0
        assert judge(changed(statement, way, amount)).is_sustainable
        short = amount + 1 if way is Way.DUE_DOWN else amount - 1
        assert not judge(changed(statement, way, short)).is_sustainable


@given(statements)
def test_figures_add_up_to_the_unit(statement):
    verdict = judge(statement)
    assert verdict.disposable_minor == statement.income_minor - statement.spent_minor
    assert verdict.room_minor == verdict.disposable_minor - verdict.reserve_minor
    assert 0 <= verdict.reserve_minor * 20 - statement.income_minor < 20


@pytest.mark.parametrize("due", [0, 1])
def test_a_month_without_anything_is_carried_only_where_nothing_falls_due(due):
    nothing = Statement("CNY", {}, {}, {}, 0, own_due_minor=due)
    assert judge(nothing).is_sustainable == (due == 0)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_decision_is_promised_for_a_working_day_three_of_them_on(day):
    by = rules.decide_by(day)
    assert by.weekday() < 5
    assert 3 <= (by - day).days <= 5


def test_every_state_has_its_moves_and_open_ones_can_all_be_decided_or_taken_back():
    assert set(MOVES) == set(State)
    for state in OPEN:
        assert {State.GRANTED, State.DECLINED, State.WITHDRAWN} <= MOVES[state]
    assert [s for s in State if not MOVES[s]] == [State.DECLINED, State.WITHDRAWN, State.ENDED]


def test_the_sensitive_reasons_are_those_of_the_programme():
    assert {str(reason) for reason in SENSITIVE} == {
        "illness", "bereavement", "caring", "separation", "violence", "disaster", "fraud_victim",
    }  # fmt: skip
    assert len(Reason) == 13
