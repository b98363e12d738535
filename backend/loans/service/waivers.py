"""Waiving what is open of penalty interest. Only `benefits` asks for it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.borrowers.models import Borrower
from backend.kit.clock import day_in_zone
from backend.kit.ids import new_id
from backend.loans.models import Loan
from backend.loans.service.adjustments import add_adjustments
from backend.loans.service.inputs import AdjustmentInput


class Waived(NamedTuple):
    """One waiver: of which loan, how much, on which day of hers, under which id."""

    borrower_id: UUID
    loan_id: UUID
    loan_external_id: str
    external_id: str
    currency: str
    amount_minor: int
    on: date


def waive_penalties(
    session: Session, *, borrower_ids: Sequence[UUID], cause: str, now: datetime
) -> list[Waived]:
    """Waive all open penalty interest of these borrowers, loan by loan; what was waived.

    A loan that had a waiver this month has no second one. The loans are locked, and settled.
    """
    rows = session.execute(
        select(
            Loan.borrower_id,
            Loan.id,
            Loan.external_id,
            Loan.currency,
            Loan.outstanding_penalty_minor,
            Borrower.timezone,
        )
        .join(Borrower, Borrower.id == Loan.borrower_id)
        .where(
            Loan.borrower_id == any_(literal(list(borrower_ids), ARRAY(Uuid))),
            Loan.outstanding_penalty_minor > 0,
            Loan.status != "closed",
        )
        .order_by(Loan.borrower_id, Loan.id)
        .with_for_update(of=Loan)
    ).all()
    meant = [
        Waived(
            borrower_id=row.borrower_id,
            loan_id=row.id,
            loan_external_id=row.external_id,
            external_id=f"{cause}.{new_id()}",
            currency=row.currency,
            amount_minor=row.outstanding_penalty_minor,
            on=day_in_zone(now, row.timezone),
        )
        for row in rows
    ]
    if not meant:
        return []
    outcomes = add_adjustments(session, [_input(each) for each in meant], now=now, settled=True)
    return [
        each for each, outcome in zip(meant, outcomes, strict=True) if outcome.status == "stored"
    ]


def _input(waived: Waived) -> AdjustmentInput:
    return {
        "external_id": waived.external_id,
        "loan_external_id": waived.loan_external_id,
        "kind": "waiver",
        "amount_minor": waived.amount_minor,
        "on": waived.on,
    }
