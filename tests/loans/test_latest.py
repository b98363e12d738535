"""A payment that comes last is taken without the replay, and ends where the replay ends."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backend.kit.ids import new_id
from backend.kit.outbox import EventRow
from backend.loans import audit, service
from backend.loans.models import Loan
from backend.loans.rules import History, InstallmentRow, OpenRow, PaymentRow, Terms, replay
from backend.loans.rules.latest import take_latest
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_installments, make_loan
from tests.loans.test_rules import amounts, installments, orders

FIRST_DAY = date(2026, 1, 1)


@st.composite
def dated(draw, *, first: date, last_days: int):
    return PaymentRow(
        new_id(),
        str(draw(st.integers(0, 10_000))),
        draw(amounts),
        first + timedelta(days=draw(st.integers(0, last_days))),
        "day",
    )


@st.composite
def ordinary(draw):
    """A schedule, payments on it, and one more on the day of the last or later."""
    rows = draw(installments().filter(len))
    before = draw(st.lists(dated(first=FIRST_DAY, last_days=120), max_size=6))
    last_day = max((payment.received_on for payment in before), default=FIRST_DAY)
    history = History(
        Terms("installment", draw(orders), None), installments=rows, payments=tuple(before)
    )
    return history, draw(dated(first=last_day, last_days=30))


def open_rows(history: History) -> list[OpenRow]:
    lines = {line.number: line for line in replay(history).lines}
    return [
        OpenRow(row, lines[row.number].paid.total_minor, lines[row.number].paid_on)
        for row in sorted(history.installments, key=lambda row: (row.due_on, row.number))
        if lines[row.number].open_minor
    ]


@given(case=ordinary())
def test_the_last_payment_leads_where_the_replay_of_all_leads(case):
    history, latest = case
    before = replay(history)
    after = replay(replace(history, payments=(*history.payments, latest)))
    step = take_latest(open_rows(history), latest, order=history.terms.allocation_order)

    assert step.outstanding == after.outstanding
    assert before.credit_minor + step.credit_minor == after.credit_minor
    assert step.next_due == after.next_due
    assert step.oldest_unpaid_due_on == after.oldest_unpaid_due_on
    was = {line.number: line for line in before.lines}
    changed = {line.number: line for line in step.changed}
    for line in after.lines:
        kept = changed.get(line.number, was[line.number])
        assert (kept.paid, kept.open_minor, kept.paid_on) == (
            line.paid,
            line.open_minor,
            line.paid_on,
        )
    assert {line.number for line in step.newly_paid} == {
        line.number for line in after.lines if line.paid_on and not was[line.number].paid_on
    }


def test_a_row_that_owes_nothing_but_a_penalty_is_not_announced_as_paid_again():
    row = InstallmentRow(1, FIRST_DAY, 100, 0, 0, 50)
    latest = PaymentRow(new_id(), "p", 50, FIRST_DAY)
    order = ("principal", "interest", "fee", "penalty")
    step = take_latest([OpenRow(row, 100, FIRST_DAY)], latest, order=order)
    assert [line.number for line in step.changed] == [1]
    assert step.newly_paid == ()


SENT = st.tuples(
    st.integers(1, 15_000), st.sampled_from([-40, -9, -1, 0]), st.sampled_from(["day", "month"])
)


@given(sent=st.lists(SENT, min_size=1, max_size=6), has_fee=st.booleans())
def test_payments_in_any_order_leave_the_books_as_a_replay_gives_them(session, sent, has_fee):
    name = str(new_id())
    make_borrower(session, external_id=name)
    rows = make_installments(3, first_due_on=TODAY - timedelta(days=35))
    make_loan(session, borrower=name, installments=rows, external_id=name)
    if has_fee:
        fee = {"kind": "fee", "amount_minor": 70, "on": TODAY - timedelta(days=20)}
        fee |= {"external_id": f"{name}-fee", "loan_external_id": name}
        service.add_adjustments(session, [fee], now=NOW, settled=True)[0].unwrap()
    for number, (amount_minor, day, precision) in enumerate(sent):
        row = {
            "external_id": f"{name}-{number}",
            "loan_external_id": name,
            "amount_minor": amount_minor,
            "received_on": TODAY + timedelta(days=day),
            "date_precision": precision,
        }
        service.add_payment(session, row, now=NOW)
        assert list(audit.run(session)) == []
    loan = session.execute(select(Loan).where(Loan.external_id == name)).scalar_one()
    session.refresh(loan)
    assert loan.paid_minor == sum(amount_minor for amount_minor, _, _ in sent)
    news = session.execute(
        select(EventRow.payload).where(
            EventRow.name == "InstallmentPaid", EventRow.borrower_id == loan.borrower_id
        )
    ).scalars()
    numbers = [payload["number"] for payload in news]
    assert len(numbers) == len(set(numbers))
