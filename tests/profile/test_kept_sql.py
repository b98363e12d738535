"""The one statement that computes kept values, against the rules and against worked cases."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from backend.loans.models import Installment, Statement
from backend.profile.refresh_sql import COMPUTE
from backend.streaks.rules import (
    Unit,
    installment_outcome,
    is_repairable,
    month_outcome,
    streak_of,
)
from tests.clock import TODAY
from tests.factories.profile import make_profiles
from tests.factories.raw_loans import (
    GRACE_DAYS,
    LOAN,
    add_installments,
    add_payments,
    add_reports,
    make_product,
    make_raw_loan,
)

FIRST_DUE = TODAY - timedelta(days=240)


@pytest.fixture
def product(session):
    make_product(session)


def compute(session, borrower_id, *, as_of=TODAY):
    return session.execute(COMPUTE, {"ids": [borrower_id], "as_of": as_of, "today": TODAY}).one()


schedules = st.lists(
    st.tuples(
        st.none() | st.integers(-40, 60) | st.integers(1, 6),
        st.integers(0, 9).map(lambda n: n == 0),
        st.integers(0, 4).map(lambda n: n == 0),
    ),
    min_size=1,
    max_size=16,
)


@given(payments=schedules, back=st.integers(-250, 250))
def test_the_streak_of_instalments_is_the_rules(session, product, payments, back):
    as_of = TODAY - timedelta(days=back)
    rows, vague = [], []
    for number, (paid, skipped, is_vague) in enumerate(payments):
        due_on = FIRST_DUE + timedelta(days=30 * number)
        paid_on = None if paid is None or skipped else due_on + timedelta(days=paid)
        rows.append((due_on, paid_on, skipped))
        if paid_on is not None and is_vague:
            vague.append(paid_on)
    owner = make_raw_loan(session)
    add_installments(session, owner, rows)
    if vague:
        add_payments(session, owner, [(on, 1, None) for on in vague], date_precision="month")

    found = compute(session, owner[0], as_of=as_of)

    units = [
        Unit(
            due_on,
            installment_outcome(
                due_on=due_on,
                paid_on=paid_on,
                is_skipped=skipped,
                grace_days=GRACE_DAYS,
                as_of=as_of,
            ),
            is_repairable(
                due_on=due_on, paid_on=paid_on, is_day_known=paid_on not in vague, as_of=as_of
            ),
        )
        for due_on, paid_on, skipped in rows
    ]
    assert found.on_time_streak == streak_of(units).current
    unpaid = [
        due
        for due, paid, skipped in rows
        if not skipped and due <= as_of and (paid is None or paid > as_of)
    ]
    if back > 0:  # of today and later the settled state of the loan is taken
        assert found.oldest_unpaid_due_on == min(unpaid, default=None)


reports = st.lists(
    st.tuples(
        st.integers(0, 299),
        st.sampled_from([0, 0, 0, 5, 30]),
        st.sampled_from(["paid", "carried", "none"]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda report: report[0],
)


@given(reports=reports, back=st.integers(0, 299))
def test_the_streak_of_reported_months_is_the_rules(session, product, reports, back):
    as_of = TODAY - timedelta(days=back)
    rows = sorted((TODAY - timedelta(days=ago), dpd, activity) for ago, dpd, activity in reports)
    owner = make_raw_loan(session, kind="revolving")
    add_reports(session, owner, rows)

    found = compute(session, owner[0], as_of=as_of)

    months: dict[date, list] = {}
    for on, dpd, activity in rows:
        if on <= as_of:
            months.setdefault(on.replace(day=1), []).append((dpd, activity))
    units = [
        Unit(
            on,
            month_outcome(
                days_past_due_max=max(dpd for dpd, _ in month),
                has_activity=any(activity != "none" for _, activity in month),
            ),
        )
        for on, month in sorted(months.items())
    ]
    assert found.on_time_streak == streak_of(units).current
    known = [dpd for on, dpd, _ in rows if on <= as_of]
    assert found.dpd_base == (known[-1] if known else None)


def test_spells_of_being_late_are_counted_and_their_ends(session, product):
    owner = make_raw_loan(session)
    due = [FIRST_DUE + timedelta(days=30 * n) for n in range(6)]
    add_installments(
        session,
        owner,
        [
            (due[0], due[0] + timedelta(days=40), False),  # one spell: still unpaid when ..
            (due[1], due[1] + timedelta(days=10), False),  # .. this fell due
            (due[2], due[2], False),
            (due[3], due[3] + timedelta(days=2), False),  # within the grace
            (due[4], None, False),  # a second spell, open
            (due[5], None, False),
        ],
    )

    found = compute(session, owner[0])

    assert found.overdue_count_12m == 2
    assert found.cured_count_12m == 1
    assert found.installments_missed_12m == 4
    assert found.dpd_past_max_12m == 40
    assert found.on_time_streak == 0


def test_what_is_older_than_its_window_is_forgotten(session, product):
    owner = make_raw_loan(session, kind="revolving")
    long_ago = TODAY - timedelta(days=400)
    add_reports(
        session, owner, [(long_ago, 60, "carried"), (long_ago + timedelta(days=31), 0, "paid")]
    )

    found = compute(session, owner[0])
    then = compute(session, owner[0], as_of=long_ago + timedelta(days=40))

    assert (found.overdue_count_12m, found.cured_count_12m, found.dpd_past_max_12m) == (0, 0, 0)
    assert (then.overdue_count_12m, then.cured_count_12m, then.dpd_past_max_12m) == (1, 1, 60)


def test_a_reversed_payment_counts_until_the_day_of_its_reversal(session, product):
    owner = make_raw_loan(session)
    add_installments(session, owner, [(TODAY - timedelta(days=20), None, False)])
    week = timedelta(days=7)
    add_payments(
        session, owner, [(TODAY - 3 * week, 250, None), (TODAY - 2 * week, 500, TODAY - week)]
    )

    before = compute(session, owner[0], as_of=TODAY - week - timedelta(days=1))
    after = compute(session, owner[0])

    assert (before.repaid_total, before.last_payment_on) == (750, TODAY - 2 * week)
    assert (after.repaid_total, after.last_payment_on) == (250, TODAY - 3 * week)
    assert str(after.paid_ratio_6m) == "0.2500"


def test_what_is_to_be_paid_to_be_up_to_date_is_all_that_is_open_and_due(session, product):
    week = timedelta(days=7)
    rows = [(TODAY - 3 * week, TODAY - 3 * week), (TODAY - week, None), (TODAY, None)]
    mine = make_raw_loan(session)
    add_installments(session, mine, [(*row, False) for row in rows])
    closed = make_raw_loan(session, borrower_id=mine[0], status="closed")
    reported = make_raw_loan(session, borrower_id=mine[0], dpd_source="reported")
    foreign = make_raw_loan(
        session, borrower_id=mine[0], currency="USD", opened_on=TODAY - timedelta(days=900)
    )
    for other in (closed, reported, foreign):
        add_installments(session, other, [(TODAY - week, None, False)])
    # A later penalty on the first, which is paid; a later fee less a waiver on the second.
    for number, open_minor in ((1, 40), (2, 1_250)):
        session.execute(
            update(Installment)
            .where(Installment.loan_id == mine[1], Installment.number == number)
            .values(open_minor=open_minor)
        )

    assert compute(session, mine[0]).arrears_minor == 1_290


def test_the_share_that_was_paid_is_of_the_bill_with_later_fees_and_waivers(session, product):
    owner = make_raw_loan(session)
    add_installments(session, owner, [(TODAY - timedelta(days=20), None, False)])
    add_payments(session, owner, [(TODAY, 250, None)])
    session.execute(update(Installment).values(paid_minor=250, open_minor=1_000))

    assert str(compute(session, owner[0]).paid_ratio_6m) == "0.2000"


def test_amounts_in_another_currency_are_left_out(session, product):
    mine = make_raw_loan(session, outstanding_minor=700, outstanding_principal_minor=700)
    other = make_raw_loan(
        session,
        borrower_id=mine[0],
        currency="USD",
        opened_on=LOAN["opened_on"] - timedelta(days=1),
        outstanding_minor=9,
        outstanding_principal_minor=9,
    )
    add_payments(session, other, [(TODAY, 5, None)])

    found = compute(session, mine[0])

    assert (found.currency, found.open_balance, found.repaid_total) == ("CNY", 700, 0)
    assert found.open_loans == 2


def test_an_account_s_balance_in_the_past_is_its_statement_less_what_settled_it(session, product):
    owner = make_raw_loan(session, kind="revolving")
    closed = TODAY - timedelta(days=60)
    session.execute(
        insert(Statement).values(
            borrower_id=owner[0],
            loan_id=owner[1],
            month=closed.replace(day=1),
            closed_on=closed,
            due_on=TODAY - timedelta(days=30),
            balance_minor=900,
            date_precision="day",
        )
    )
    add_payments(
        session,
        owner,
        [
            (closed - timedelta(days=1), 100, None),
            (closed + timedelta(days=5), 400, None),
            (TODAY - timedelta(days=1), 50, None),
        ],
    )

    found = compute(session, owner[0], as_of=TODAY - timedelta(days=40))

    assert found.open_balance == 500


def test_of_a_borrower_without_a_loan_what_depends_on_loans_is_unknown(session):
    borrower_id = make_profiles(session, {})[0]

    found = compute(session, borrower_id)

    assert (found.dpd_base, found.open_balance, found.on_time_streak) == (None, None, None)
    assert (found.open_loans, found.repaid_total) == (0, 0)
