"""What holds for every schedule, whatever its terms and whatever happens to it."""

import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate, pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from backend.kit.money import Rounding
from backend.loans.rules.schedules import (
    MONTHLY,
    Charge,
    Contradiction,
    DayCount,
    Every,
    Extend,
    Method,
    MoveDueDate,
    NewRate,
    PauseInterest,
    Payment,
    Payoff,
    ReAge,
    ReAmortize,
    Recalculation,
    Request,
    Schedule,
    Skip,
    Terms,
    Unit,
    reckon,
)

START = date(2023, 10, 31)
rates = st.integers(0, 60).map(lambda percent: Fraction(percent, 100))
positive_rates = st.integers(1, 6_000).map(lambda points: Fraction(points, 10_000))
frequencies = st.builds(Every, st.integers(1, 3), st.sampled_from(Unit))
days = st.integers(0, 500).map(lambda later: START + timedelta(days=later))
amounts = st.integers(1, 60_000)


@st.composite
def plain_terms(draw, rate=rates) -> Terms:
    """Without multiple, grace or down payment."""
    installments = draw(st.integers(1, 24))
    return Terms(
        method=draw(st.sampled_from(Method)),
        principal_minor=draw(st.integers(50 * installments, 100_000)),
        annual_rate=draw(rate),
        installments=installments,
        every=draw(frequencies),
        disbursed_on=START,
        day_count=draw(st.sampled_from(DayCount)),
        rounding=draw(st.sampled_from([Rounding.HALF_UP, Rounding.HALF_EVEN])),
        recalculate_interest=draw(st.sampled_from(Recalculation)),
    )


@st.composite
def all_terms(draw) -> Terms:
    terms = draw(plain_terms())
    last = terms.installments - 1
    return replace(
        terms,
        first_due_on=draw(st.none() | days.filter(lambda day: day > START)),
        installment_multiple_minor=draw(st.sampled_from([1, 1, 10, 100])),
        down_payment_rate=draw(st.sampled_from([Fraction(0), Fraction(1, 4)])),
        principal_grace=draw(st.integers(0, last)),
        interest_grace=draw(st.integers(0, last)),
    )


charges = st.builds(Charge, days, st.integers(1, 5_000), st.booleans())
changes = st.one_of(
    st.builds(MoveDueDate, days, days),
    st.builds(Extend, days, st.integers(1, 4)),
    st.builds(NewRate, days, rates),
    st.builds(PauseInterest, days, days),
    st.builds(Skip, days, st.integers(1, 3)),
    st.builds(ReAmortize, days),
    st.builds(ReAge, days, days, frequencies, st.integers(1, 12)),
    st.builds(Payoff, days),
    charges,
)
payments = st.builds(Payment, days, amounts)


@st.composite
def requests(draw) -> Request:
    terms = draw(all_terms())
    chosen = draw(st.lists(changes, max_size=3))
    due = [row.due_on for row in reckon(Request(terms)).rows]
    # Otherwise a made-up day is hardly ever one on which something is due.
    chosen = [
        replace(change, from_on=draw(st.sampled_from(due)))
        if isinstance(change, MoveDueDate)
        else change
        for change in chosen
    ]
    return Request(terms, chosen, draw(st.lists(payments, max_size=5)), draw(st.none() | days))


def reckon_or_pass(request: Request) -> Schedule:
    try:
        return reckon(request)
    except Contradiction:
        assume(condition=False)
        raise


@given(requests())
def test_every_row_is_sound_and_the_rows_repay_the_loan_to_the_last_unit(request):
    schedule = reckon_or_pass(request)
    principal = request.terms.principal_minor
    assert sum(row.principal_minor for row in schedule.rows) == principal
    repaid = accumulate(row.principal_minor for row in schedule.rows)
    assert [row.balance_minor for row in schedule.rows] == [principal - sum_ for sum_ in repaid]
    assert [row.number for row in schedule.rows] == [*range(1, len(schedule.rows) + 1)]
    assert all(one.due_on <= other.due_on for one, other in pairwise(schedule.rows))
    for row in schedule.rows:
        charged = (row.principal_minor, row.interest_minor, row.fee_minor, row.penalty_minor)
        assert min(charged) >= 0
        assert 0 <= row.paid_minor <= sum(charged)


@given(requests())
def test_totals_are_the_sums_of_the_rows_and_no_payment_is_lost(request):
    schedule = reckon_or_pass(request)
    totals, rows = schedule.totals, schedule.rows
    assert totals.interest_minor == sum(row.interest_minor for row in rows)
    assert totals.paid_minor == sum(row.paid_minor for row in rows)
    assert totals.total_cost_minor == (
        totals.interest_minor + totals.fee_minor + totals.penalty_minor
    )
    assert totals.outstanding_minor == totals.total_payable_minor - totals.paid_minor
    if not any(isinstance(change, Payoff) for change in request.changes):
        received = sum(
            payment.amount_minor for payment in request.payments if payment.on <= schedule.as_of
        )
        assert totals.paid_minor + totals.credit_minor == received


@given(requests(), st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_told_means_nothing(request, dice: random.Random):
    schedule = reckon_or_pass(request)
    told = [*request.changes], [*request.payments]
    for events in told:
        dice.shuffle(events)
    assert reckon(replace(request, changes=told[0], payments=told[1])) == schedule


@given(all_terms(), st.lists(payments, max_size=4), st.lists(charges, max_size=3))
def test_without_a_rate_exactly_the_principal_is_repaid(terms, paid, lines):
    schedule = reckon(Request(replace(terms, annual_rate=Fraction(0)), lines, paid))
    assert schedule.totals.interest_minor == 0
    assert schedule.totals.principal_minor == terms.principal_minor


@given(plain_terms(positive_rates), st.integers(1, 12))
def test_a_longer_term_never_lowers_the_total_interest(terms, more):
    longer = replace(terms, installments=terms.installments + more)
    assume(longer.principal_minor >= 50 * longer.installments)
    short, long = reckon(Request(terms)), reckon(Request(longer))
    assert long.totals.interest_minor >= short.totals.interest_minor


@given(all_terms(), st.lists(charges, min_size=1, max_size=4), days)
def test_fees_and_penalties_never_bear_interest(terms, lines, as_of):
    bare, charged = (reckon(Request(terms, each, as_of=as_of)) for each in ([], lines))
    assert charged.totals.interest_minor == bare.totals.interest_minor
    both = zip(bare.rows, charged.rows, strict=False)
    assert all(
        (one.principal_minor, one.interest_minor) == (other.principal_minor, other.interest_minor)
        for one, other in both
    )
    assert charged.totals.fee_minor + charged.totals.penalty_minor == sum(
        line.amount_minor for line in lines
    )


@given(plain_terms(), days)
def test_interest_is_never_more_than_that_of_the_whole_loan_unpaid_so_none_bears_interest(
    terms, as_of
):
    """Interest on interest would rise above the simple interest of the principal."""
    assume(terms.method is not Method.FLAT)
    schedule = reckon(Request(terms, as_of=as_of))
    end = max(as_of, schedule.rows[-1].due_on)
    years = Fraction((end - START).days + 31, 360)
    most = terms.principal_minor * terms.annual_rate * years + len(schedule.rows)
    assert schedule.totals.interest_minor <= most


@given(requests(), days)
def test_a_payoff_leaves_nothing_that_was_owed_on_its_day(request, day):
    kept = [change for change in request.changes if not isinstance(change, Payoff | Charge)]
    paid = [payment for payment in request.payments if payment.on <= day]
    plain = replace(request, changes=kept, payments=paid, as_of=None)
    reckon_or_pass(plain)
    schedule = reckon_or_pass(replace(plain, changes=[*kept, Payoff(day)], as_of=day))
    assert schedule.totals.outstanding_minor == 0


@given(plain_terms(positive_rates), days, days, amounts)
def test_paying_earlier_never_costs_more_where_interest_follows_the_days(
    terms, one_day, other_day, amount
):
    daily = replace(terms, recalculate_interest=Recalculation.DAILY)
    early, late = sorted((one_day, other_day))
    costs = [
        reckon(Request(daily, payments=[Payment(day, amount)], as_of=late)).totals.interest_minor
        for day in (early, late)
    ]
    # Each row is rounded once: what is exact may differ by half a unit a row.
    assert costs[0] <= costs[1] + terms.installments


@given(plain_terms(), st.lists(payments, max_size=4))
def test_without_recalculation_no_payment_moves_a_single_row(terms, paid):
    planned = replace(terms, recalculate_interest=Recalculation.NONE)
    bare, with_payments = reckon(Request(planned)), reckon(Request(planned, payments=paid))
    assert [(row.principal_minor, row.interest_minor) for row in bare.rows] == [
        (row.principal_minor, row.interest_minor) for row in with_payments.rows
    ]


@given(plain_terms(positive_rates))
def test_equal_installments_are_equal_but_for_the_last(terms):
    assume(terms.method is Method.EQUAL_INSTALLMENT)
    rows = reckon(Request(terms)).rows
    assert len({row.principal_minor + row.interest_minor for row in rows[:-1]}) <= 1


@given(all_terms(), st.integers(1, 28))
def test_due_days_keep_their_anchor(terms, day):
    monthly = replace(
        terms,
        every=MONTHLY,
        first_due_on=None,
        disbursed_on=date(2023, 10, day),
        installment_multiple_minor=1,
        down_payment_rate=Fraction(0),
    )
    assert {row.due_on.day for row in reckon(Request(monthly)).rows} == {day}
