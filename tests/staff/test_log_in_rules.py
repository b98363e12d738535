"""What a password may be, how long it is waited, who may change a role."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.staff import log_in_rules as rules
from backend.staff.rules import (
    CHANGE_MOVES,
    ChangeState,
    Role,
    are_two_people,
    leaves_no_admin,
    may_move,
    roles_after,
)

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
EMAIL = "anna.berg@lender.test"
some_roles = st.frozensets(st.sampled_from([str(role) for role in Role]))


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("eleven char", "Length"),
        ("x1y2z3" * 30, "Length"),
        ("my anna.berg@lender.test password", "address"),
        ("ANNA.BERG and the seven herons", "address"),
        ("aaaaaaaaaaaaaaaa", "repeat"),
        ("abcabcabcabcab", "repeat"),
        ("passwordpassword", "repeat"),
        ("abababcdcdcdabab", "repeat"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password, says):
    assert says in (rules.password_fault(password, email=EMAIL) or "")


def test_a_long_enough_password_is_taken():
    assert rules.password_fault("seven grey herons wait", email=EMAIL) is None
    assert rules.password_fault("ab likes tea at four", email="ab@lender.test") is None


def test_one_password_however_it_is_composed():
    composed, decomposed = "caf\u00e9 am see, immer", "cafe\u0301 am see, immer"
    assert rules.normal_password(composed) == rules.normal_password(decomposed)
    assert rules.normal_password("\uff21bc") == "Abc"


@pytest.mark.parametrize("value", ["\u212ae@x.test", "a b@x.test", "@x.test", "a@", "a@x\n", "a"])
def test_an_address_that_could_become_anothers_is_none(value):
    assert rules.normal_email(value) is None


def test_an_address_is_kept_in_lower_case():
    assert rules.normal_email("Anna.Berg@Lender.Test") == EMAIL


@given(failures=st.integers(1, 40))
def test_each_failure_past_the_fourth_doubles_the_wait_up_to_an_hour(failures):
    state, waits = None, []
    for _ in range(failures):
        state = rules.after_account_failure(state, now=NOW)
        waits.append((state.locked_until or NOW) - NOW)
    assert all(wait == timedelta(0) for wait in waits[:4])
    locked = waits[4:]
    assert locked == [min(timedelta(minutes=2**n), timedelta(hours=1)) for n in range(len(locked))]


@given(gaps=st.lists(st.integers(0, 7_200), min_size=1, max_size=200))
def test_an_address_never_has_more_than_fifty_failures_in_its_hour(gaps):
    state, now, counted = None, NOW, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if state is not None and state.is_locked(now):
            continue
        state = rules.after_address_failure(state, now=now)
        counted.append((state.since_at, now))
    for since in {since for since, _ in counted}:
        assert len([at for start, at in counted if start == since]) <= 50
    assert all(at - since < timedelta(hours=1) for since, at in counted)


def test_a_day_without_failures_forgets_them():
    state = rules.Failures(4, NOW)
    assert not state.is_forgotten(NOW + timedelta(hours=23), last_at=NOW)
    assert state.is_forgotten(NOW + timedelta(hours=24), last_at=NOW)


@given(held=some_roles, add=some_roles, remove=some_roles)
def test_a_change_gives_what_is_added_and_takes_what_is_removed(held, add, remove):
    after = roles_after(held, add=add - remove, remove=remove)
    assert after & remove == set()
    assert add - remove <= after
    assert after <= held | add


def test_a_settled_change_moves_no_more():
    assert set(CHANGE_MOVES) == set(ChangeState)
    for state in ChangeState:
        moves = {to for to in ChangeState if may_move(state, to)}
        assert moves == (set(ChangeState) - {state} if state is ChangeState.PENDING else set())


def test_the_last_admin_stays():
    assert leaves_no_admin(["a"], subject="a", after=[Role.AUDITOR])
    assert not leaves_no_admin(["a"], subject="a", after=[Role.ADMIN])
    assert not leaves_no_admin(["a", "b"], subject="a", after=[])
    assert not leaves_no_admin(["b"], subject="a", after=[])


def test_who_let_another_in_is_no_second_person():
    assert are_two_people(frozenset("a"), frozenset("b"))
    assert not are_two_people(frozenset("a"), frozenset("ba"))
    assert not are_two_people(frozenset("bz"), frozenset("cz"))
