"""What the guide says of quotes is what is reckoned."""

import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from uuid import UUID

from backend.loans.rules import (
    ALLOCATION_ORDER_DEFAULT,
    AdjustmentRow,
    History,
    InstallmentRow,
    PaymentRow,
    Terms,
)
from backend.plan_quotes.rules import (
    BORROWERS_BOUNDS,
    Kind,
    LoanFacts,
    ProductTerms,
    Wishes,
    price,
)
from tests.plan_quotes.conftest import OPENED_ON, planned

GUIDE = (Path(__file__).parents[2] / "docs" / "plans.md").read_text()
NO_ID = UUID(int=0)


def test_the_example_comes_out_as_it_says():
    rows = tuple(InstallmentRow(**row) for row in planned())
    history = History(
        Terms("installment", ALLOCATION_ORDER_DEFAULT, 1_200_000),
        installments=rows,
        payments=tuple(
            PaymentRow(NO_ID, f"p{row.number}", row.total_minor, row.due_on) for row in rows[:6]
        ),
        adjustments=(AdjustmentRow(NO_ID, "a", "penalty", 900, date(2026, 9, 5)),),
    )
    facts = LoanFacts(
        history, "active", Fraction("0.12"), OPENED_ON, ProductTerms(), date(2026, 11, 23)
    )
    found = price(Kind.RE_AMORTIZE, facts, Wishes(), BORROWERS_BOUNDS)

    told = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in GUIDE.splitlines()
        if re.match(r"\| [0-9]+ \| 20", line)
    ]
    assert told == [
        tuple(
            str(each)
            for each in (
                row.number,
                row.due_on,
                row.principal_minor,
                row.interest_minor,
                row.total_minor,
            )
        )
        for row in found.laid.rows[5:]
    ]
    assert (found.total_cost_minor, found.versus_now_minor) == (644_512, 3_903)
    assert facts.days_past_due == 84


def test_every_kind_is_in_the_guide():
    assert [kind for kind in Kind if f"| `{kind}` |" not in GUIDE] == []
