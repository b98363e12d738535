"""What holds for every option of every loan."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import event, given, settings
from hypothesis import strategies as st

from backend.loans.rules import find_schedule_error, replay
from backend.plan_quotes.rules import (
    BORROWERS_BOUNDS,
    STAFF_BOUNDS,
    Kind,
    NotPossible,
    Wishes,
    payoff_minor,
    price,
)
from backend.plan_quotes.rules.pricing import history_with
from backend.plan_quotes.wording import REASONS, WAYS
from tests.conftest import DEEP
from tests.plan_quotes.loans import cards, installment_loans, wishes

EXAMPLES, FEWER = (10_000, 2_000) if DEEP else (200, 100)
loans = st.one_of(installment_loans(), installment_loans(), cards())
bounds = st.sampled_from([BORROWERS_BOUNDS, STAFF_BOUNDS])
# What only a schedule without a rhythm, or rows that do not add up, would lead to.
NEVER_OF_A_PLANNED_LOAN = {"needs_a_person", "irregular"}


def priced(kind, facts, chosen, limits=BORROWERS_BOUNDS):
    try:
        return price(kind, facts, chosen, limits)
    except NotPossible as refusal:
        return refusal


@settings(max_examples=EXAMPLES)
@given(facts=loans, kind=st.sampled_from(Kind), chosen=wishes, limits=bounds)
def test_an_option_comes_out_to_the_cent_or_says_why_not(facts, kind, chosen, limits):
    found = priced(kind, facts, chosen, limits)
    if isinstance(found, NotPossible):
        event(f"{kind}: {found.code}")
        assert found.code in REASONS
        assert {code for code, _ in found.ways} <= set(WAYS)
        assert found.code not in NEVER_OF_A_PLANNED_LOAN
        return
    event(f"{kind}: priced")
    rows = found.laid.rows
    lines = replay(history_with(facts, found.laid), as_of=facts.today).lines
    assert found.total_cost_minor == sum(line.open_minor for line in lines)
    assert found.versus_now_minor == found.total_cost_minor - facts.state.outstanding.total_minor
    assert found.versus_payoff_minor == found.total_cost_minor - payoff_minor(facts)
    assert bool(rows) is (kind is not Kind.WAIVE_PENALTY)
    if found.laid.is_cured or facts.days_past_due == 0:
        assert found.days_past_due == 0
    for row in rows:
        amounts = row.principal_minor, row.interest_minor, row.fee_minor, row.penalty_minor
        assert min(amounts) >= 0
    assert all(a.number < b.number and a.due_on <= b.due_on for a, b in pairwise(rows))


@settings(max_examples=EXAMPLES)
@given(facts=installment_loans(), kind=st.sampled_from(Kind), chosen=wishes)
def test_the_principal_stays_and_rows_that_were_due_stay(facts, kind, chosen):
    found = priced(kind, facts, chosen)
    if isinstance(found, NotPossible) or not found.laid.rows:
        return
    before = facts.history.installments
    after = {row.number: row for row in found.laid.rows}
    assert sum(r.principal_minor for r in before) == sum(r.principal_minor for r in after.values())
    assert find_schedule_error(
        found.laid.rows, principal_minor=facts.history.terms.principal_minor
    ) is None  # fmt: skip
    for row in before:
        if row.due_on < facts.today:
            kept = after[row.number]
            assert kept.due_on == row.due_on
            assert kept == row or facts.days_past_due
            for part in ("principal_minor", "interest_minor", "fee_minor", "penalty_minor"):
                assert getattr(kept, part) <= getattr(row, part)


@settings(max_examples=FEWER)
@given(facts=loans, kind=st.sampled_from(Kind), chosen=wishes)
def test_the_same_question_has_the_same_answer(facts, kind, chosen):
    again = replace(facts)
    once, twice = priced(kind, facts, chosen), priced(kind, again, chosen)
    if isinstance(once, NotPossible):
        assert (once.code, once.value, once.ways) == (twice.code, twice.value, twice.ways)
    else:
        assert (once.laid, once.total_cost_minor) == (twice.laid, twice.total_cost_minor)


@settings(max_examples=FEWER)
@given(facts=installment_loans(rate=st.just(0)), kind=st.sampled_from(Kind), chosen=wishes)
def test_without_interest_no_schedule_costs_more(facts, kind, chosen):
    found = priced(kind, facts, chosen)
    if isinstance(found, NotPossible):
        return
    waived = sum(waiver.amount_minor for waiver in found.laid.waivers)
    assert found.versus_now_minor == -waived


@settings(max_examples=FEWER)
@given(facts=loans, kind=st.sampled_from(Kind), months=st.integers(1, 400))
def test_what_is_said_to_pass_passes(facts, kind, months):
    """A limit that is named is the limit: at it the same rule no longer refuses."""
    found = priced(kind, facts, Wishes(months=months))
    if not isinstance(found, NotPossible):
        return
    for code, value in found.ways:
        if code in {"at_most_months", "at_least_months", "at_most_installments"}:
            other = Wishes(months=value)
            again = priced(kind, facts, other)
            assert not isinstance(again, NotPossible) or again.code != found.code


@settings(max_examples=FEWER)
@given(facts=installment_loans(), chosen=wishes)
def test_small_payments_never_exceed_what_is_left(facts, chosen):
    found = priced(Kind.TOKEN_PAYMENT, facts, chosen)
    if isinstance(found, NotPossible) or chosen.left_minor is None:
        return
    assert 0 < found.laid.terms["amount_minor"] <= chosen.left_minor
