from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.loans.rules import (
    AdjustmentRow,
    DelinquencyRow,
    History,
    InstallmentRow,
    PaymentRow,
    StatementRow,
    Terms,
    replay,
)
from backend.loans.rules.state import ALLOCATION_ORDER_DEFAULT, paid_ratio

SCHEDULE = Terms(kind="installment", allocation_order=ALLOCATION_ORDER_DEFAULT)
ACCOUNT = Terms(kind="revolving", allocation_order=ALLOCATION_ORDER_DEFAULT)
OPENED = date(2026, 1, 1)
THREE = (
    InstallmentRow(1, date(2026, 2, 1), 1_000, 100),
    InstallmentRow(2, date(2026, 3, 1), 1_000, 60),
    InstallmentRow(3, date(2026, 4, 1), 1_000, 30),
)

amounts = st.integers(1, 2_500)
days = st.integers(0, 200).map(lambda n: OPENED + timedelta(days=n))
orders = st.permutations(ALLOCATION_ORDER_DEFAULT).map(tuple)


@st.composite
def payments(draw):
    number = draw(st.integers(0, 10_000))
    return PaymentRow(
        id=UUID(int=number),
        external_id=str(number),
        amount_minor=draw(amounts),
        received_on=draw(days),
        date_precision=draw(st.sampled_from(["day", "month"])),
        reversed_on=draw(st.none() | days),
    )


@st.composite
def adjustments(draw):
    number = draw(st.integers(0, 10_000))
    kind = draw(st.sampled_from(["fee", "penalty", "waiver"]))
    return AdjustmentRow(UUID(int=number), f"a{number}", kind, draw(amounts), draw(days))


@st.composite
def installments(draw):
    count = draw(st.integers(0, 5))
    part = st.integers(0, 1_000)
    return tuple(
        InstallmentRow(
            n, OPENED + timedelta(days=30 * n), draw(part), draw(part), draw(part), draw(part)
        )
        for n in range(1, count + 1)
    )


@st.composite
def statements(draw):
    months = draw(st.lists(st.integers(1, 7), unique=True, max_size=4))
    return tuple(
        StatementRow(
            month=date(2026, month, 1),
            closed_on=date(2026, month, 28),
            due_on=date(2026, month + 1, 28),
            balance_minor=draw(st.integers(-2_000, 5_000)),
            minimum_due_minor=draw(st.none() | st.integers(0, 500)),
        )
        for month in months
    )


@st.composite
def histories(draw):
    is_schedule = draw(st.booleans())
    return History(
        terms=Terms(
            "installment" if is_schedule else "revolving",
            draw(orders),
            draw(st.none() | st.integers(0, 5_000)),
        ),
        installments=draw(installments()) if is_schedule else (),
        statements=() if is_schedule else draw(statements()),
        payments=tuple(draw(st.lists(payments(), max_size=6, unique_by=lambda p: p.id))),
        adjustments=tuple(draw(st.lists(adjustments(), max_size=6, unique_by=lambda a: a.id))),
    )


@given(history=histories(), as_of=days)
def test_charges_less_payments_and_waivers_are_what_is_outstanding(history, as_of):
    state = replay(history, as_of=as_of)
    balance = state.charged_minor - state.paid_since_minor - state.waived_minor
    assert balance == state.outstanding.total_minor - state.credit_minor
    assert state.outstanding.total_minor == 0 or state.credit_minor == 0


@given(history=histories())
def test_every_payment_is_allocated_to_the_cent_or_left_as_credit(history):
    state = replay(history)
    for payment in history.payments:
        if payment.reversed_on is not None:
            continue
        allocated = [a for a in state.allocations if a.payment_id == payment.id]
        left = sum(amount for who, amount in state.credits if who == payment.id)
        assert sum(a.parts.total_minor for a in allocated) + left == payment.amount_minor
        assert all(a.parts.total_minor > 0 and a.on >= payment.received_on for a in allocated)


@given(history=histories(), data=st.data())
def test_the_order_in_which_rows_were_stored_never_shows(history, data):
    shuffled = replace(
        history,
        installments=tuple(data.draw(st.permutations(history.installments))),
        statements=tuple(data.draw(st.permutations(history.statements))),
        payments=tuple(data.draw(st.permutations(history.payments))),
        adjustments=tuple(data.draw(st.permutations(history.adjustments))),
    )
    assert replay(shuffled) == replay(history)


@given(history=histories(), as_of=days)
def test_a_reversed_payment_was_never_made(history, as_of):
    without = tuple(p for p in history.payments if p.reversed_on is None)
    assert replay(history, as_of=as_of) == replay(replace(history, payments=without), as_of=as_of)


@given(history=histories(), as_of=days)
def test_what_lies_after_a_day_does_not_change_the_state_of_that_day(history, as_of):
    until = replace(
        history,
        payments=tuple(p for p in history.payments if p.received_on <= as_of),
        adjustments=tuple(a for a in history.adjustments if a.on_date <= as_of),
        statements=tuple(s for s in history.statements if s.closed_on <= as_of),
    )
    assert replay(until) == replay(history, as_of=as_of)


@given(history=histories(), earlier=days, later=days)
def test_what_was_paid_on_an_instalment_stays_paid(history, earlier, later):
    earlier, later = sorted([earlier, later])
    before = {(line.number, line.month): line for line in replay(history, as_of=earlier).lines}
    after = {(line.number, line.month): line for line in replay(history, as_of=later).lines}
    for key, line in before.items():
        assert after[key].paid.total_minor >= line.paid.total_minor
        assert line.paid_on is None or after[key].paid_on == line.paid_on


@given(history=histories())
def test_no_line_is_ever_below_zero(history):
    for line in replay(history).lines:
        assert line.open_minor >= 0
        assert min(line.paid.total_minor, line.waived.total_minor) >= 0


def paid(number, amount, on, **more):
    return PaymentRow(UUID(int=number), f"p{number}", amount, on, **more)


def adjusted(kind, amount, on):
    return AdjustmentRow(UUID(int=99), f"{kind}-{on}", kind, amount, on)


def test_inside_an_instalment_the_products_order_decides():
    fee_first = replay(
        History(
            SCHEDULE,
            installments=(InstallmentRow(1, date(2026, 2, 1), 1_000, 100, 20, 30),),
            payments=(paid(1, 60, date(2026, 2, 2)),),
        )
    )
    parts = fee_first.allocations[0].parts
    assert (parts.penalty_minor, parts.fee_minor, parts.interest_minor) == (30, 20, 10)
    principal_first = replay(
        History(
            Terms("installment", ("principal", "interest", "fee", "penalty")),
            installments=(InstallmentRow(1, date(2026, 2, 1), 1_000, 100, 20, 30),),
            payments=(paid(1, 60, date(2026, 2, 2)),),
        )
    )
    assert principal_first.allocations[0].parts.principal_minor == 60


def test_an_overpayment_goes_to_the_next_instalment_and_then_is_credit():
    state = replay(
        History(SCHEDULE, installments=THREE, payments=(paid(1, 3_400, date(2026, 1, 20)),))
    )
    assert [a.line for a in state.allocations] == [1, 2, 3]
    assert state.credit_minor == 3_400 - 3_190
    assert state.next_due is None


def test_a_payment_before_a_penalty_is_not_moved_to_it():
    history = History(
        SCHEDULE,
        installments=THREE,
        payments=(paid(1, 1_100, date(2026, 2, 10)),),
        adjustments=(adjusted("penalty", 50, date(2026, 2, 11)),),
    )
    state = replay(history)
    assert state.allocations[0].parts.penalty_minor == 0
    assert state.lines[0].paid_on == date(2026, 2, 10)
    # The penalty hangs on the oldest instalment that was still unpaid on its day.
    assert state.lines[1].charged.penalty_minor == 50


def test_a_penalty_alone_makes_nobody_late():
    history = History(
        SCHEDULE,
        installments=THREE[:1],
        payments=(paid(1, 1_100, date(2026, 2, 1)),),
        adjustments=(adjusted("penalty", 50, date(2026, 2, 11)),),
    )
    state = replay(history)
    assert state.outstanding.penalty_minor == 50
    assert state.days_past_due(dpd_source="computed", today=date(2026, 6, 1)) == 0


def test_a_late_fee_on_a_repaid_loan_is_owed_from_its_own_day():
    history = History(
        SCHEDULE,
        installments=THREE[:1],
        payments=(paid(1, 1_100, date(2026, 2, 1)),),
        adjustments=(adjusted("fee", 50, date(2026, 5, 1)),),
    )
    assert replay(history).days_past_due(dpd_source="computed", today=date(2026, 5, 4)) == 3


def test_days_past_due_count_from_the_oldest_unpaid_instalment():
    history = History(SCHEDULE, installments=THREE, payments=(paid(1, 1_100, date(2026, 2, 1)),))
    state = replay(history)
    for today, late in [(date(2026, 3, 1), 0), (date(2026, 3, 2), 1), (date(2026, 4, 1), 31)]:
        assert state.days_past_due(dpd_source="computed", today=today) == late
    assert state.next_due.number == 2


def test_a_waiver_takes_penalties_then_fees_and_stops_at_what_is_open():
    history = History(
        SCHEDULE,
        installments=(InstallmentRow(1, date(2026, 2, 1), 1_000, 100, 20, 30),),
        adjustments=(adjusted("waiver", 40, date(2026, 2, 5)),),
    )
    state = replay(history)
    assert state.outstanding.penalty_minor == 0
    assert state.outstanding.fee_minor == 10
    whole = replay(replace(history, adjustments=(adjusted("waiver", 9_999, date(2026, 2, 5)),)))
    assert whole.waived_minor == 150
    assert whole.outstanding.total_minor == 1_000


def test_credit_meets_a_later_fee():
    history = History(
        SCHEDULE,
        installments=THREE[:1],
        payments=(paid(1, 1_150, date(2026, 2, 1)),),
        adjustments=(adjusted("fee", 30, date(2026, 2, 20)),),
    )
    state = replay(history)
    assert state.credit_minor == 20
    assert state.allocations[-1].on == date(2026, 2, 20)


def test_each_statement_replaces_the_last_and_a_payment_settles_the_latest_earlier_one():
    history = History(
        ACCOUNT,
        statements=(
            StatementRow(date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 28), 3_000),
            StatementRow(date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 31), 2_500, 75),
        ),
        payments=(
            paid(1, 400, date(2026, 1, 15), date_precision="month"),
            paid(2, 1_000, date(2026, 2, 15), date_precision="month"),
            paid(3, 50, date(2026, 3, 15), date_precision="month"),
        ),
    )
    state = replay(history)
    assert state.outstanding.total_minor == 2_450
    assert [(a.month, a.parts.total_minor) for a in state.allocations] == [
        (date(2026, 1, 1), 1_000),
        (date(2026, 2, 1), 50),
    ]
    assert state.next_due.amount_minor == 2_450
    assert state.next_due.minimum_minor == 25
    assert state.paid_minor == 1_450


def test_a_credit_balance_on_a_statement_owes_nothing():
    history = History(
        ACCOUNT,
        statements=(StatementRow(date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 28), -500),),
        adjustments=(adjusted("fee", 200, date(2026, 2, 3)),),
    )
    state = replay(history)
    assert state.credit_minor == 300
    assert state.outstanding.total_minor == 0


def test_reported_lateness_is_never_aged():
    history = History(ACCOUNT, delinquencies=(DelinquencyRow(date(2026, 2, 28), 30, "carried"),))
    assert replay(history).days_past_due(dpd_source="reported", today=date(2027, 1, 1)) == 30
    before = replay(history, as_of=date(2026, 2, 27))
    assert before.days_past_due(dpd_source="reported", today=date(2026, 2, 27)) is None


def test_a_skipped_instalment_is_neither_paid_nor_late():
    rows = (InstallmentRow(1, date(2026, 2, 1), 0, 0), THREE[1])
    state = replay(History(SCHEDULE, installments=rows, payments=(paid(1, 100, date(2026, 1, 5)),)))
    assert state.lines[0].paid_on is None
    assert state.next_due.number == 2


def test_the_paid_share_is_of_the_principal():
    assert paid_ratio(ratio_basis_minor=3_000, outstanding_principal_minor=1_000) * 3 == 2
    assert paid_ratio(ratio_basis_minor=0, outstanding_principal_minor=0) == 1
