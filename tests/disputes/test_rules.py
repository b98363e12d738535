"""The table of moves as a machine, working days, and which grounds carry which outcome."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from backend.disputes.rules import (
    DECIDED,
    IN_HER_FAVOUR,
    MOVES,
    OPEN,
    WOULD_CHANGE,
    Ground,
    State,
    find_ground_error,
    may_move,
    remedy_minor,
)
from backend.disputes.wording import ABOUTS, GROUNDS, STATES, WAYS
from backend.kit.workdays import SATURDAY, add_working_days


class DisputeMachine(RuleBasedStateMachine):
    """Whoever tries whatever: once it has ended it stays as it ended."""

    def __init__(self):
        super().__init__()
        self.state = State.SUBMITTED
        self.ended_as = None

    @rule(to=st.sampled_from(State))
    def try_to_move(self, to):
        if may_move(self.state, to):
            assert self.ended_as is None
            self.state = to
            if to not in OPEN:
                self.ended_as = to

    @precondition(lambda self: self.ended_as is None)
    @rule(to=st.sampled_from(sorted(DECIDED | {State.WITHDRAWN})))
    def an_open_one_can_always_end(self, to):
        assert may_move(self.state, to)

    @invariant()
    def it_is_open_or_ended_for_good(self):
        assert (self.state in OPEN) != (self.ended_as is not None)
        assert self.ended_as in (None, self.state)


TestDisputeMachine = DisputeMachine.TestCase


def test_every_state_has_its_row_and_every_code_its_words():
    assert set(MOVES) == set(STATES) == set(State)
    assert set(GROUNDS) == set(Ground)
    assert set(WOULD_CHANGE) == set(Ground) - IN_HER_FAVOUR
    assert set(WOULD_CHANGE.values()) == set(WAYS)
    assert [t for t in (*ABOUTS.values(), *GROUNDS.values()) if t.zh_cn.isascii()] == []


@given(outcome=st.sampled_from(sorted(DECIDED)), grounds=st.frozensets(st.sampled_from(Ground)))
def test_grounds_in_her_favour_never_carry_a_no(outcome, grounds):
    if find_ground_error(outcome, grounds) is None:
        assert bool(grounds & IN_HER_FAVOUR) == (outcome is not State.REJECTED)


@given(charged=st.none() | st.integers(1, 999), named=st.none() | st.integers(1, 998))
def test_a_no_mends_nothing_and_a_yes_the_whole_line(charged, named):
    def of(outcome):
        return remedy_minor(outcome, charged_minor=charged, named_minor=named)

    assert of(State.REJECTED) is None
    assert of(State.UPHELD) == charged


@given(day=st.dates(date(2020, 1, 1), date(2040, 1, 1)), count=st.integers(1, 30))
def test_working_days_end_on_a_working_day_and_leave_weekends_out(day, count):
    end = add_working_days(day, count)
    assert end.weekday() < SATURDAY
    between = [date.fromordinal(n) for n in range(day.toordinal() + 1, end.toordinal() + 1)]
    assert sum(each.weekday() < SATURDAY for each in between) == count
