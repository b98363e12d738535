"""How a borrower kept her days within a span: each definition by a small case."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Date, Uuid, column, insert, select, update, values

from backend.loans import queries
from backend.loans.models import Delinquency, Installment
from tests.clock import TODAY
from tests.factories.loans import make_account, make_borrower, make_installments, make_loan

START = TODAY - timedelta(days=60)
END = START + timedelta(days=30)


def conduct(session: Any, who: Any) -> dict[str, Any]:
    spans = (
        values(column("borrower_id", Uuid), column("from_on", Date), column("until_on", Date))
        .data([(who, START, END)])
        .alias("spans")
    )
    row = session.execute(queries.select_conduct_in(spans)).one()
    return {key: value for key, value in row._mapping.items() if key != "borrower_id"}


def owing(session: Any, *dues: tuple[int, int | None]) -> Any:
    """Instalments due so many days after the start, and paid so many days after it, or never."""
    who = make_borrower(session, external_id="her")
    rows = make_installments(len(dues))
    for row, (due, _) in zip(rows, dues, strict=True):
        row["due_on"] = START + timedelta(days=due)
    _, loan_id = make_loan(session, borrower="her", installments=rows)
    for number, (_, paid) in enumerate(dues, 1):
        paid_on = None if paid is None else START + timedelta(days=paid)
        session.execute(
            update(Installment)
            .where(Installment.loan_id == loan_id, Installment.number == number)
            .values(paid_on=paid_on)
        )
    return who


def reported(session: Any, *reports: tuple[int, int, str]) -> Any:
    """Reports so many days after the start: days past due, activity."""
    who = make_borrower(session, external_id="her")
    _, loan_id = make_account(session, borrower="her")
    for day, days_past_due, activity in reports:
        session.execute(
            insert(Delinquency).values(
                borrower_id=who,
                loan_id=loan_id,
                as_of=START + timedelta(days=day),
                days_past_due=days_past_due,
                activity=activity,
            )
        )
    return who


@pytest.mark.parametrize(
    ("dues", "expected"),
    [
        ([(10, 10)], {"dues": 1, "kept": 1, "fell_late": False}),
        ([(10, 11)], {"dues": 1, "kept": 0, "fell_late": True, "is_late_at_end": False}),
        ([(10, None)], {"dues": 1, "kept": 0, "fell_late": True, "is_late_at_end": True}),
        ([(30, 30)], {"dues": 1, "kept": 1}),
        # Of the last day nobody can say yet whether it will be late.
        ([(30, 31)], {"dues": 1, "kept": 0, "fell_late": False, "is_late_at_end": False}),
        ([(31, None)], {"dues": 0, "kept": 0}),
        ([(10, -3)], {"dues": 0, "kept": 0}),
        ([(-5, None), (10, None)], {"was_late_at_start": True, "fell_late": False}),
        ([(-5, 3), (10, 10)], {"was_late_at_start": True, "is_late_at_end": False, "kept": 1}),
        ([(-5, 3), (10, None)], {"was_late_before": True, "fell_late": True}),
        ([(-40, -35), (10, 10)], {"was_late_before": True, "was_late_at_start": False}),
        ([(-40, -40), (10, 10)], {"was_late_before": False, "fell_late": False}),
        ([(0, 0)], {"dues": 1, "kept": 1, "was_late_at_start": False}),
        ([(0, None)], {"dues": 1, "was_late_at_start": False, "fell_late": True}),
    ],
)
def test_instalments(session, dues, expected):
    found = conduct(session, owing(session, *dues))
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([(10, 0, "paid")], {"dues": 1, "kept": 1, "fell_late": False}),
        ([(10, 0, "none")], {"dues": 0, "kept": 0}),
        ([(10, 5, "carried")], {"dues": 1, "kept": 0, "fell_late": True, "is_late_at_end": True}),
        ([(-5, 5, "carried"), (10, 9, "carried")], {"was_late_at_start": True, "fell_late": False}),
        (
            [(-5, 5, "carried"), (10, 0, "paid"), (20, 3, "carried")],
            {"was_late_at_start": True, "fell_late": True, "is_late_at_end": True},
        ),
        (
            [(-40, 5, "carried"), (-5, 0, "paid"), (20, 0, "paid")],
            {"was_late_before": True, "was_late_at_start": False, "fell_late": False},
        ),
        ([(10, 5, "carried"), (25, 0, "paid")], {"fell_late": True, "is_late_at_end": False}),
        ([(40, 5, "carried")], {"dues": 0, "is_late_at_end": False, "was_late_before": False}),
    ],
)
def test_reported_months(session, reports, expected):
    found = conduct(session, reported(session, *reports))
    assert {name: found[name] for name in expected} == expected


def test_what_comes_after_the_span_changes_nothing(session):
    who = owing(session, (10, None), (20, 20))
    before = conduct(session, who)
    session.execute(
        update(Installment)
        .where(Installment.borrower_id == who, Installment.number == 1)
        .values(paid_on=END + timedelta(days=5))
    )
    assert conduct(session, who) == before
    assert session.execute(select(Installment.paid_on).limit(1)).scalar_one() is not None
