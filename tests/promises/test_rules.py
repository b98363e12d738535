"""The table of moves, and that a state is a function of what was paid, in whatever order."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.promises.rules import (
    BROKEN_MAX,
    DAYS_MAX,
    FINAL,
    LOOK_BACK,
    MADE_MAX,
    MOVES,
    Past,
    State,
    Why,
    judge,
    may_move,
    may_promise,
)

TODAY = date(2026, 11, 24)
states = st.sampled_from(State)
amounts = st.integers(1, 10_000)
offsets = st.integers(-200, 60)


def judged(before, *, amount, paid, days, settled=False, reopen=True):
    return judge(
        before, amount_minor=amount, on=TODAY, paid_minor=paid, is_settled=settled,
        may_reopen=reopen, today=TODAY + timedelta(days=days),
    )  # fmt: skip


@given(
    before=states, amount=amounts, paid=st.integers(0, 10_000), days=offsets,
    settled=st.booleans(), reopen=st.booleans(),
)  # fmt: skip
def test_every_judgement_is_a_move_that_the_table_allows_and_is_stable(
    before, amount, paid, days, settled, reopen
):
    more = {"amount": amount, "paid": paid, "days": days, "settled": settled, "reopen": reopen}
    after = judged(before, **more)
    assert after == before or may_move(before, after)
    assert judged(after, **more) == after or (settled and after is State.OPEN)


@given(before=states.filter(lambda s: s not in FINAL), amount=amounts, days=offsets)
def test_paying_what_was_promised_keeps_it_whatever_it_was(before, amount, days):
    assert judged(before, amount=amount, paid=amount, days=days) is State.KEPT


@given(one=states, other=states, amount=amounts, paid=st.integers(0, 10_000), days=offsets)
def test_where_it_stood_does_not_matter_but_for_what_is_final(one, other, amount, paid, days):
    if {one, other} & set(FINAL):
        assert judged(FINAL[0], amount=amount, paid=paid, days=days) is FINAL[0]
        return
    assert judged(one, amount=amount, paid=paid, days=days) == judged(
        other, amount=amount, paid=paid, days=days
    )


@given(amount=amounts, less=st.integers(0, 10_000), more=st.integers(0, 10_000), days=offsets)
def test_paying_more_never_makes_it_worse(amount, less, more, days):
    order = [State.BROKEN, State.PARTLY_KEPT, State.OPEN, State.KEPT]
    low, high = sorted((less, more))
    worse = judged(State.OPEN, amount=amount, paid=low, days=days)
    better = judged(State.OPEN, amount=amount, paid=high, days=days)
    assert order.index(better) >= order.index(worse)


def test_what_is_final_has_no_way_out_and_every_other_state_has():
    assert {state for state in State if not MOVES[state]} == set(FINAL)
    assert set(MOVES) == set(State)


pasts = st.lists(
    st.builds(
        lambda made, span, state: Past(
            TODAY - timedelta(days=made), TODAY - timedelta(days=made - span), state
        ),
        st.integers(1, 200),
        st.integers(1, DAYS_MAX),
        states,
    ),
    max_size=10,
)


@given(earlier=pasts)
def test_the_day_that_is_named_is_the_first_on_which_it_may_be_said_again(earlier):
    def verdict(day):
        return may_promise(
            amount_minor=1, on=day + timedelta(days=1), open_minor=1, earlier=earlier, today=day
        )

    refused = verdict(TODAY)
    broken = [p for p in earlier if p.state is State.BROKEN and p.on > TODAY - LOOK_BACK]
    made = [p for p in earlier if p.made_on > TODAY - LOOK_BACK]
    assert (refused.why is None) == (len(broken) < BROKEN_MAX and len(made) < MADE_MAX)
    if refused.why is not None:
        assert refused.free_on is not None
        assert verdict(refused.free_on - timedelta(days=1)).why is not None
        assert verdict(refused.free_on).why != refused.why


def test_each_reason_can_happen():
    def why(**more):
        facts = {
            "amount_minor": 1, "on": TODAY + timedelta(days=1), "open_minor": 1, "earlier": (),
            "today": TODAY,
        }  # fmt: skip
        return may_promise(**(facts | more)).why

    broken = [Past(TODAY - timedelta(days=9), TODAY - timedelta(days=5), State.BROKEN)] * 2
    assert {
        why(on=TODAY),
        why(open_minor=0),
        why(amount_minor=2),
        why(earlier=broken),
        why(earlier=[Past(TODAY, TODAY, State.WITHDRAWN)] * MADE_MAX),
    } == set(Why)
    assert why() is None
