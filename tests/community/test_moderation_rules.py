"""What may be decided where, by whom, and from when it counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.cases.rules import SEVERITY, Cause, Queue, queue_of, severity_of
from community.moderation.rules import (
    ALLOWED,
    CLAUSES,
    CLAUSES_ABOUT_LENDER,
    KEYS,
    MOVING_KEYS,
    PENALTIES,
    Action,
    Clause,
    Fault,
    Ruling,
    counts_from,
    find_fault,
    may_undo,
    needs_confirmation,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULINGS = st.builds(
    Ruling,
    action=st.sampled_from(Action),
    clause=st.none() | st.sampled_from(Clause),
    reason=st.none() | st.text(max_size=30),
    days=st.none() | st.integers(-1, 400),
)


def test_each_action_and_move_has_a_key_of_its_own():
    keys = [*KEYS.values(), *MOVING_KEYS.values()]
    assert set(KEYS) == set(Action)
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 1 for key in keys)


def test_each_clause_and_cause_is_written_out():
    assert set(CLAUSES) == set(Clause)
    assert set(SEVERITY) == set(Cause)


@given(RULINGS)
def test_nobody_is_punished_for_a_cry_for_help(ruling):
    assert find_fault(ruling, queue=Queue.CRISIS) is not None or ruling.action not in PENALTIES


@given(RULINGS)
def test_what_is_said_of_the_lender_goes_only_where_it_endangers_somebody(ruling):
    if ruling.action in PENALTIES and find_fault(ruling, queue=Queue.LENDER) is None:
        assert ruling.action is Action.REMOVE
        assert ruling.clause in CLAUSES_ABOUT_LENDER


@given(RULINGS, st.sampled_from(Queue))
def test_what_takes_something_says_why_and_waits_before_it_counts(ruling, queue):
    if find_fault(ruling, queue=queue) is None and ruling.action in PENALTIES:
        assert ruling.clause is not None
        assert len(ruling.reason.strip()) >= 10
        assert counts_from(ruling, now=NOW) == NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("action", "days", "is_needed"),
    [
        (Action.SUSPEND, 30, False),
        (Action.SUSPEND, 31, True),
        (Action.SUSPEND, None, True),
        (Action.MUTE, 30, False),
        (Action.MUTE, 31, True),
        (Action.REMOVE, None, False),
    ],
)
def test_beyond_thirty_days_a_second_moderator_agrees(action, days, is_needed):
    assert needs_confirmation(Ruling(action, days=days)) is is_needed


@pytest.mark.parametrize(
    ("ruling", "queue", "fault"),
    [
        (Ruling(Action.REMOVE), Queue.CRISIS, Fault.NOT_HERE),
        (Ruling(Action.APPROVE), Queue.APPEALS, Fault.NOT_HERE),
        (Ruling(Action.REMOVE, reason="x" * 10), Queue.GENERAL, Fault.CLAUSE_MISSING),
        (
            Ruling(Action.REMOVE, Clause.RESPECT, "x" * 10),
            Queue.LENDER,
            Fault.CLAUSE_TOO_WEAK,
        ),
        (Ruling(Action.WARN, Clause.SPAM, " " * 20), Queue.GENERAL, Fault.REASON_MISSING),
        (Ruling(Action.UPHOLD), Queue.APPEALS, Fault.REASON_MISSING),
        (Ruling(Action.MUTE, Clause.SPAM, "x" * 10), Queue.GENERAL, Fault.DAYS_MISSING),
        (Ruling(Action.MUTE, Clause.SPAM, "x" * 10, 366), Queue.GENERAL, Fault.DAYS_UNFIT),
        (Ruling(Action.APPROVE, days=3), Queue.GENERAL, Fault.DAYS_UNFIT),
        (Ruling(Action.SUSPEND, Clause.SPAM, "x" * 10), Queue.GENERAL, None),
        (Ruling(Action.HELP_GIVEN), Queue.CRISIS, None),
    ],
)
def test_a_ruling_fits_its_queue(ruling, queue, fault):
    assert find_fault(ruling, queue=queue) is fault


def test_need_comes_first_and_the_lender_is_judged_apart():
    assert queue_of({Cause.CRISIS, Cause.LENDER}, is_about_lender=True) is Queue.CRISIS
    assert queue_of({Cause.ABUSE}, is_about_lender=True) is Queue.LENDER
    assert queue_of({Cause.LENDER, Cause.SPAM}, is_about_lender=False) is Queue.LENDER
    assert queue_of({Cause.SPAM}, is_about_lender=False) is Queue.GENERAL
    assert severity_of({Cause.SPAM, Cause.THREAT}) == SEVERITY[Cause.THREAT]
    assert severity_of(set()) == SEVERITY[Cause.OTHER]


def test_a_decision_is_undone_as_long_as_it_may_be_appealed():
    assert may_undo(counts_from=NOW, now=NOW + timedelta(days=180, seconds=-1))
    assert not may_undo(counts_from=NOW, now=NOW + timedelta(days=180))


def test_every_queue_offers_something():
    assert set(ALLOWED) == set(Queue)
    assert all(ALLOWED.values())
