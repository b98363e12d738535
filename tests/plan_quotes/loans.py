"""Random loans as a core system may hold them, on some day of their life."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from hypothesis import strategies as st

from backend.kit.money import Rounding
from backend.loans.rules import (
    ALLOCATION_ORDER_DEFAULT,
    AdjustmentRow,
    History,
    InstallmentRow,
    PaymentRow,
    StatementRow,
    Terms,
)
from backend.loans.rules.schedules import (
    DayCount,
    Every,
    Method,
    Recalculation,
    Request,
    Unit,
    reckon,
)
from backend.loans.rules.schedules import Terms as ScheduleTerms
from backend.plan_quotes.rules import LoanFacts, ProductTerms, Wishes

FIRST = date(2023, 12, 28)
ORDERS = (ALLOCATION_ORDER_DEFAULT, ("principal", "interest", "fee", "penalty"))
NO_ID = UUID(int=0)
rates = st.integers(0, 6_000).map(lambda points: Fraction(points, 10_000))
frequencies = st.one_of(
    st.just(Every(1, Unit.MONTH)),
    st.sampled_from([Every(2, Unit.MONTH), Every(2, Unit.WEEK), Every(30, Unit.DAY)]),
)
wishes = st.builds(
    Wishes,
    months=st.none() | st.integers(1, 40),
    due_day=st.none() | st.integers(1, 31),
    left_minor=st.none() | st.integers(-100, 50_000),
)


def contract(terms: ScheduleTerms) -> tuple[InstallmentRow, ...]:
    """What the core system plans."""
    return tuple(
        InstallmentRow(row.number, row.due_on, row.principal_minor, row.interest_minor)
        for row in reckon(Request(terms)).rows
    )


@st.composite
def products(draw) -> ProductTerms:
    return ProductTerms(
        method=draw(st.sampled_from(Method)),
        day_count=draw(st.sampled_from(DayCount)),
        rounding=draw(st.sampled_from([Rounding.HALF_UP, Rounding.HALF_EVEN])),
        installment_multiple_minor=draw(st.sampled_from([1, 1, 100])),
        recalculation=draw(st.sampled_from(Recalculation)),
        plan_rate=draw(st.none() | rates),
    )


@st.composite
def installment_loans(draw, rate=rates, product=None) -> LoanFacts:
    """Some rows paid, perhaps one in part, perhaps with fees, penalties and waivers."""
    product = draw(product or products())
    count = draw(st.integers(1, 24))
    terms = ScheduleTerms(
        method=product.method,
        principal_minor=draw(st.integers(50 * count, 5_000_000)),
        annual_rate=draw(rate),
        installments=count,
        every=draw(frequencies),
        disbursed_on=FIRST + timedelta(days=draw(st.integers(0, 40))),
        day_count=product.day_count,
        rounding=product.rounding,
        installment_multiple_minor=product.installment_multiple_minor,
    )
    rows = contract(terms)
    if draw(st.booleans()):
        rows = tuple(replace(row, fee_minor=200) for row in rows)
    span = (rows[-1].due_on - terms.disbursed_on).days
    today = terms.disbursed_on + timedelta(days=draw(st.integers(0, span + 60)))
    history = History(
        Terms("installment", draw(st.sampled_from(ORDERS)), terms.principal_minor),
        installments=rows,
        payments=draw(_payments(rows, today)),
        adjustments=draw(_adjustments(terms.disbursed_on, today)),
    )
    tier = draw(st.sampled_from([None, "current", "potential", "stable", "high_risk"]))
    return LoanFacts(
        history, "active", terms.annual_rate, terms.disbursed_on, product, today, tier=tier
    )


@st.composite
def _payments(draw, rows, today) -> tuple[PaymentRow, ...]:
    paid = draw(st.integers(0, len(rows)))
    late = timedelta(days=draw(st.integers(-20, 20)))
    made = [
        PaymentRow(NO_ID, f"p{row.number}", row.total_minor, min(row.due_on + late, today))
        for row in rows[:paid]
        if row.total_minor
    ]
    if draw(st.booleans()):
        made.append(PaymentRow(NO_ID, "part", draw(st.integers(1, 30_000)), today))
    return tuple(made)


@st.composite
def _adjustments(draw, opened_on, today) -> tuple[AdjustmentRow, ...]:
    span = (today - opened_on).days
    drawn = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["penalty", "penalty", "fee", "waiver"]),
                st.integers(1, 3_000),
                st.integers(0, span),
            ),
            max_size=5,
        )
    )
    return tuple(
        AdjustmentRow(NO_ID, f"a{place}", kind, amount, opened_on + timedelta(days=later))
        for place, (kind, amount, later) in enumerate(drawn)
    )


@st.composite
def cards(draw) -> LoanFacts:
    """A revolving account with one statement, perhaps something paid on it since."""
    closed_on = FIRST + timedelta(days=draw(st.integers(0, 40)))
    due_on = closed_on + timedelta(days=20)
    today = closed_on + timedelta(days=draw(st.integers(0, 60)))
    statement = StatementRow(
        closed_on.replace(day=1), closed_on, due_on, draw(st.integers(0, 3_000_000))
    )
    paid = draw(st.integers(0, 200_000))
    payments = (PaymentRow(NO_ID, "p", paid, today),) if paid else ()
    history = History(
        Terms("revolving", ALLOCATION_ORDER_DEFAULT), statements=(statement,), payments=payments
    )
    product = draw(products())
    return LoanFacts(
        history, "active", None, FIRST, product, today, dpd_source="reported", tier="potential"
    )
