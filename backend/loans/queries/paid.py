"""Whether what fell due is paid, for many at once, just before somebody is reminded of it."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Date, Uuid, and_, case, exists, func, literal, or_, select
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
    is_open = exists().where(
        Installment.borrower_id == Loan.borrower_id,
        Installment.loan_id == Loan.id,
        Installment.due_on <= columns.due_on,
        Installment.open_minor > 0,
    )
    card_is_open = and_(Loan.next_due_on <= columns.due_on, Loan.next_amount_minor > 0)
    rows = session.execute(
        select(columns.borrower_id, columns.loan_id, columns.due_on)
        .join(Loan, and_(Loan.borrower_id == columns.borrower_id, Loan.id == columns.loan_id))
        .where(
            or_(
                Loan.status == "closed",
                case(
                    (Loan.kind == "revolving", ~func.coalesce(card_is_open, False)),
                    else_=~is_open,
                ),
            )
        )
    )
    return frozenset(Owed(*row) for row in rows)
