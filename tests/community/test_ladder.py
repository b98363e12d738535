"""The ladder and the pace, by themselves."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from community.writings.rules import (
    CLEAN_WRITINGS_MIN,
    MOVES,
    PACES,
    REASONS,
    Reason,
    Signs,
    State,
    decide,
    too_fast,
)

signs = st.builds(
    Signs,
    is_held_by_rules=st.booleans(),
    kinds=st.lists(st.sampled_from([*REASONS, "crisis"]), max_size=4),
    clean_writings=st.integers(0, 9),
    is_sanctioned=st.booleans(),
    is_look_alike=st.booleans(),
)
ages = st.lists(
    st.tuples(st.timedeltas(timedelta(0), timedelta(days=1)), st.booleans()), max_size=60
)


@given(signs)
def test_a_text_is_published_only_when_nothing_speaks_against_it(given_signs):
    step = decide(given_signs)
    is_good = (
        not given_signs.is_held_by_rules
        and not given_signs.is_sanctioned
        and not given_signs.is_look_alike
        and given_signs.clean_writings >= CLEAN_WRITINGS_MIN
    )
    assert (step.state is State.PUBLISHED) == is_good == (not step.reasons)
    assert Reason.REMOVED not in step.reasons


def test_words_of_despair_alone_hold_nothing_of_a_trusted_member():
    crisis = Signs(
        is_held_by_rules=False,
        kinds=("crisis",),
        clean_writings=CLEAN_WRITINGS_MIN,
        is_sanctioned=False,
        is_look_alike=False,
    )
    assert decide(crisis).state is State.PUBLISHED


@given(ages, st.booleans())
def test_she_waits_exactly_until_she_may(written, is_comment):
    wait = too_fast(written, is_comment=is_comment)
    later = wait or timedelta(0)
    aged = [(age + later, kind) for age, kind in written]
    for pace in PACES:
        within = [a for a, kind in aged if kind is is_comment and a < pace.within]
        assert len(within) < (pace.comments if is_comment else pace.posts)
    if wait is not None:
        assert wait > timedelta(0)
        almost = [(age + wait - timedelta(microseconds=1), kind) for age, kind in written]
        assert too_fast(almost, is_comment=is_comment) is not None


def test_what_is_deleted_stays_deleted():
    assert MOVES[State.DELETED] == frozenset()
    assert all(State.DELETED in after for before, after in MOVES.items() if before != "deleted")
