"""Whether what fell due is paid, for many at once, just before somebody is reminded of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Text,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from backend.loans.models import Installment, Loan


class Owed(NamedTuple):
    """All of a loan that falls due up to a day."""

    borrower_id: UUID
    loan_id: UUID
    due_on: date


def list_paid(session: Session, *, owed: Sequence[Owed]) -> frozenset[Owed]:
    """Those of which nothing is open any more: paid, waived, or the loan is closed.

    A card is paid when its statement's amount is, or when its next day is a later one.
    """
    if not owed:
        return frozenset()
    asked = (
        func.unnest(
            literal([each.borrower_id for each in owed], ARRAY(Uuid)),
            literal([each.loan_id for each in owed], ARRAY(Uuid)),
            literal([each.due_on for each in owed], ARRAY(Date)),
        )
        .table_valued("borrower_id", "loan_id", "due_on", name="asked")
        .render_derived()
    )
    columns = asked.c
    rows = session.execute(
        select(columns.borrower_id, columns.loan_id, columns.due_on)
        .join(Loan, and_(Loan.borrower_id == columns.borrower_id, Loan.id == columns.loan_id))
        .where(
            _is_settled(Installment.due_on <= columns.due_on, Loan.next_due_on <= columns.due_on)
        )
    )
    return frozenset(Owed(*row) for row in rows)


def is_paid(
    borrower_id: ColumnElement[Any], *, loan_id: ColumnElement[str], due_on: ColumnElement[str]
) -> ColumnElement[bool]:
    """The same of each row of a set-based statement. Id and day in words, and never cast.

    Words that are no id and no day are of no loan, and stop no other row.
    """

    def in_words(day: Any) -> ColumnElement[str]:
        return func.to_char(day, "YYYY-MM-DD")

    is_settled = _is_settled(
        in_words(Installment.due_on) <= due_on, in_words(Loan.next_due_on) <= due_on
    )
    return (
        exists()
        .where(Loan.borrower_id == borrower_id, cast(Loan.id, Text) == loan_id, is_settled)
        .correlate_except(Loan)
    )


def _is_settled(
    is_line_due: ColumnElement[bool], is_card_due: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Of a loan: nothing that is due is open. What is due, the caller says of its columns."""
    # Of the caller's rows, however far out its statement has them: never its tables once more.
    is_open = (
        exists()
        .where(
            Installment.borrower_id == Loan.borrower_id,
            Installment.loan_id == Loan.id,
            is_line_due,
            Installment.open_minor > 0,
        )
        .correlate_except(Installment)
    )
    card_is_open = and_(is_card_due, Loan.next_amount_minor > 0)
    return or_(
        Loan.status == "closed",
        case(
            (Loan.kind == "revolving", ~func.coalesce(card_is_open, False)),
            else_=~is_open,
        ),
    )
