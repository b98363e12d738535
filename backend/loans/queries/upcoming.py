"""What falls due to us in the days to come."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from backend.loans.models import Installment, Loan

EARLY_DAYS = 7


def select_next_dues() -> Select[*tuple[Any, ...]]:
    """What each active loan asks for next, for a statement that joins it.

    Its oldest open line: what is late stands before what comes. Loans that are still to be
    settled are left out, since nobody knows yet what is open on them.
    """
    return select(
        Loan.borrower_id,
        Loan.id.label("loan_id"),
        Loan.currency,
        Loan.next_due_on.label("due_on"),
        Loan.next_amount_minor.label("amount_minor"),
        Loan.next_minimum_minor.label("minimum_minor"),
    ).where(
        Loan.status == "active",
        Loan.stale.is_(False),
        Loan.next_due_on.is_not(None),
        Loan.next_amount_minor > 0,
    )


def find_share(session: Session, *, after: UUID, loans: int) -> UUID | None:
    """The borrower with whom the next share of so many loans ends; None after the last."""
    shared = (
        select(Loan.borrower_id)
        .where(Loan.borrower_id > after)
        .order_by(Loan.borrower_id)
        .limit(loans)
        .subquery()
    )
    return session.execute(
        select(shared.c.borrower_id).order_by(shared.c.borrower_id.desc()).limit(1)
    ).scalar_one_or_none()


def sum_due(
    session: Session, *, borrower_id: UUID, currency: str, after_on: date, until_on: date
) -> int:
    """Open instalments, and the least that cards ask for, due after a day and up to another.

    Of her open loans in that currency, in minor units; what is late already is not in it.
    """
    installments = (
        select(func.coalesce(func.sum(Installment.open_minor), 0))
        .join(
            Loan,
            and_(Loan.borrower_id == Installment.borrower_id, Loan.id == Installment.loan_id),
        )
        .where(
            Installment.borrower_id == borrower_id,
            Installment.due_on > after_on,
            Installment.due_on <= until_on,
            Loan.currency == currency,
            Loan.status != "closed",
            Loan.kind != "revolving",
        )
        .scalar_subquery()
    )
    least = func.coalesce(Loan.next_minimum_minor, Loan.next_amount_minor, 0)
    cards = (
        select(func.coalesce(func.sum(least), 0))
        .where(
            Loan.borrower_id == borrower_id,
            Loan.kind == "revolving",
            Loan.currency == currency,
            Loan.status != "closed",
            Loan.next_due_on > after_on,
            Loan.next_due_on <= until_on,
        )
        .scalar_subquery()
    )
    return int(session.execute(select(installments + cards)).scalar_one())


def select_first_dues(*, from_on: date, until_on: date) -> Select[*tuple[Any, ...]]:
    """Of each borrower the first instalment that falls due in a span of days, and when it was paid.

    Columns borrower_id, due_on, paid_on, is_on_time. What was paid a week before, or more, is
    left out: nobody had a reason to be reminded of it.
    """
    early = Installment.paid_on < Installment.due_on - EARLY_DAYS
    charged = Installment.principal_minor + Installment.interest_minor + Installment.fee_minor
    return (
        select(
            Installment.borrower_id,
            Installment.due_on,
            Installment.paid_on,
            func.coalesce(Installment.paid_on <= Installment.due_on, False).label("is_on_time"),
        )
        .ext(distinct_on(Installment.borrower_id))
        .where(
            Installment.due_on.between(from_on, until_on),
            charged > 0,
            func.coalesce(early, False).is_(False),
        )
        .order_by(Installment.borrower_id, Installment.due_on, Installment.loan_id)
    )
