"""What a borrower would pay so that no loan of hers is late by more than some days."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from backend.loans.models import Installment, Loan
from backend.loans.rules.state import days_late


@dataclass(frozen=True)
class AmountDue:
    """One payment, and its day where a statement names one; without it, the sooner the better."""

    amount_minor: int
    currency: str
    due_on: date | None


def find_amount_due(
    session: Session, *, borrower_id: UUID, days_past_due: int, today: date
) -> AmountDue | None:
    """The least that leaves no open loan later than this; none where no one sum would do.

    Of an instalment loan what is open on the rows that are due for longer, later charges and
    waivers included; of a card what is open of its last statement. Amounts in two currencies,
    or one that is not known, are no sum.
    """
    latest = today - timedelta(days=days_past_due)
    is_late = case(
        (Loan.dpd_source == "computed", Loan.oldest_unpaid_due_on < latest),
        else_=Loan.reported_dpd > days_past_due,
    )
    is_card = Loan.kind == "revolving"
    rows = session.execute(
        select(
            Loan.currency,
            case((is_card, Loan.next_amount_minor), else_=func.sum(Installment.open_minor)),
            case((is_card, Loan.next_due_on)),
        )
        .join(
            Installment,
            and_(
                Installment.borrower_id == Loan.borrower_id,
                Installment.loan_id == Loan.id,
                Installment.due_on < latest,
            ),
            isouter=True,
        )
        .where(Loan.borrower_id == borrower_id, Loan.status != "closed", is_late)
        .group_by(Loan.borrower_id, Loan.id)
    ).all()
    amounts = [amount for _, amount, _ in rows]
    currencies = {currency for currency, _, _ in rows}
    if len(currencies) != 1 or not all(amounts):
        return None
    days = {due_on for _, _, due_on in rows}
    return AmountDue(int(sum(amounts)), currencies.pop(), days.pop() if len(days) == 1 else None)


def find_paid_on(session: Session, *, borrower_id: UUID, loan_id: UUID, number: int) -> date | None:
    """When an instalment was paid in full, as the rows stand now; None when it is not."""
    return session.execute(
        select(Installment.paid_on).where(
            Installment.borrower_id == borrower_id,
            Installment.loan_id == loan_id,
            Installment.number == number,
        )
    ).scalar_one_or_none()


def find_days_past_due_elsewhere(
    session: Session, *, borrower_id: UUID, besides: UUID, today: date
) -> int | None:
    """How late the latest of her other open loans is; None when there is none, or none known."""
    rows = session.execute(
        select(Loan.dpd_source, Loan.reported_dpd, Loan.oldest_unpaid_due_on).where(
            Loan.borrower_id == borrower_id, Loan.id != besides, Loan.status != "closed"
        )
    )
    days = [
        row.reported_dpd
        if row.dpd_source == "reported"
        else days_late(row.oldest_unpaid_due_on, today=today)
        for row in rows
    ]
    return max((each for each in days if each is not None), default=None)
