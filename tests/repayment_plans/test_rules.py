"""The table of moves, working days, and how a plan is judged: as pure rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from backend.kit.workdays import add_working_days
from backend.repayment_plans.rules import (
    FINAL,
    FREEZING,
    MOVES,
    OPEN,
    SENSITIVE,
    Actor,
    PlanRow,
    Reason,
    State,
    find_extension_percent,
    judge,
    may_move,
    needs_document,
)

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


class Walk(RuleBasedStateMachine):
    """Anybody tries any move; what the table lets through keeps these promises."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.DRAFT
        self.accepted_by: Actor | None = None
        self.was_offered = False

    @rule(to=st.sampled_from(State), by=st.sampled_from(Actor))
    def try_move(self, to: State, by: Actor) -> None:
        before = self.state
        if not may_move(before, to, by=by, is_agreed=self.accepted_by is not None):
            return
        assert before not in FINAL or before is State.REJECTED
        if to in {State.ACCEPTED, State.WITHDRAWN}:
            assert by is Actor.BORROWER
        if to is State.ACCEPTED:
            assert before is State.OFFERED
            self.accepted_by = by
        if to in {State.REJECTED, State.TERMINATED}:
            assert by is Actor.STAFF
        self.was_offered |= to is State.OFFERED
        self.state = to

    @invariant()
    def nothing_is_booked_that_she_did_not_accept(self) -> None:
        booked = {State.COOLING_OFF, State.AWAITING_CORE, State.ACTIVE, State.COMPLETED}
        if self.state in booked:
            assert self.accepted_by is Actor.BORROWER
            assert self.was_offered


TestWalk = Walk.TestCase


def test_every_state_can_be_reached_and_every_open_one_can_be_left():
    reached = {State.DRAFT}
    while more := {to for from_, to in MOVES if from_ in reached} - reached:
        reached |= more
    assert reached == set(State)
    assert {from_ for from_, _ in MOVES} >= OPEN
    assert FREEZING <= OPEN


@given(state=st.sampled_from(State), by=st.sampled_from(Actor))
def test_nobody_moves_a_plan_to_where_it_stands(state, by):
    assert not may_move(state, state, by=by)


@given(day=days, count=st.integers(0, 30))
def test_working_days_are_monday_to_friday(day, count):
    end = add_working_days(day, count)
    between = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(each.weekday() < 5 for each in between) == count
    assert count == 0 or end.weekday() < 5


def test_a_holiday_is_no_working_day():
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    assert add_working_days(friday, 1) == monday
    assert add_working_days(friday, 1, holidays={monday}) == date(2026, 11, 24)


@pytest.mark.parametrize("reason", sorted(SENSITIVE))
def test_what_is_sensitive_needs_no_document_before_a_first_relief(reason):
    assert not needs_document(reason, is_first_relief=True)
    assert needs_document(reason, is_first_relief=False)


def test_other_reasons_are_shown():
    assert needs_document(Reason.JOB_LOSS, is_first_relief=True)
    assert not needs_document(Reason.OTHER, is_first_relief=False)


@given(remaining=st.integers(1, 60), added=st.integers(0, 60))
def test_growth_is_a_share_of_what_remains(remaining, added):
    today = date(2026, 1, 1)
    now_due = [today + timedelta(days=n) for n in range(-3, remaining + 1)]
    then_due = [today + timedelta(days=n) for n in range(-3, remaining + added + 1)]
    percent = find_extension_percent(now_due, then_due, today=today)
    assert (percent <= 50) == (2 * added <= remaining)


rows = st.lists(
    st.tuples(days, st.none() | days), min_size=1, max_size=8, unique_by=lambda row: row[0]
).map(
    lambda found: [
        PlanRow(number, due, paid) for number, (due, paid) in enumerate(sorted(found), 1)
    ]
)


@given(rows=rows, agreed_on=days, today=days)
def test_an_instalment_is_kept_or_missed_or_neither(rows, agreed_on, today):
    standing = judge(rows, agreed_on=agreed_on, today=today)
    kept = {each.number for each in standing.kept}
    assert not kept & set(standing.missed)
    own = {row.number for row in rows if row.due_on > agreed_on}
    assert kept | set(standing.missed) <= own
    assert all(agreed_on <= each.paid_on <= each.due_on for each in standing.kept)
    if standing.is_complete:
        assert not standing.missed


@given(rows=rows, agreed_on=days, earlier=days, later=days)
def test_time_alone_never_makes_good_what_was_missed(rows, agreed_on, earlier, later):
    first, last = sorted((earlier, later))
    before = judge(rows, agreed_on=agreed_on, today=first)
    after = judge(rows, agreed_on=agreed_on, today=last)
    assert set(before.missed) <= set(after.missed)
