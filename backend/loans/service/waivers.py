"""Waiving penalty interest and wrong charges. Only `benefits` asks for it."""

from collections.abc import Mapping, Sequence
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
from backend.kit.problems import NotFound
from backend.loans.models import Loan
from backend.loans.queries import LoanRecord
from backend.loans.rules import unwaived_months, waiver_period
from backend.loans.service.adjustments import add_adjustments
from backend.loans.service.inputs import AdjustmentInput
from backend.loans.service.references import get_record_for_update


class Waived(NamedTuple):
    """One waiver: of which loan, how much, on which day of hers, under which id.

    `period` is the month that it is for; without one, that of its day.
    """

    borrower_id: UUID
    loan_id: UUID
    loan_external_id: str
    external_id: str
    currency: str
    amount_minor: int
    on: date
    period: date | None = None


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
    period = waived.period or waiver_period(waived.on)
    return {
        "external_id": waived.external_id,
        "loan_external_id": waived.loan_external_id,
        "kind": "waiver",
        "amount_minor": waived.amount_minor,
        "on": waived.on,
        "period": period,
    }


def waive_open_months(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    months: Sequence[date],
    cause: str,
    now: datetime,
) -> list[Waived]:
    """Waive what is open of the penalty interest of these months; one line for each.

    A month with nothing open, or that had its waiver, has no line. Refuses: NotFound.
    """
    record = get_record_for_update(session, borrower_id=borrower_id, loan_id=loan_id)
    still_open = record.waivable_penalties(today=day_in_zone(now, record.timezone))
    return _add(
        session,
        record,
        {month: still_open[month] for month in sorted(set(months)) if month in still_open},
        cause=cause,
        now=now,
    )


def waive_months(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    amounts: Mapping[date, int],
    cause: str,
    now: datetime,
) -> list[Waived]:
    """Waive amounts that were agreed, each for a month by its first day; one line for each.

    A month that had its waiver has no second one, and of a penalty that another waiver took
    nothing is taken again. Refuses: NotFound.
    """
    record = get_record_for_update(session, borrower_id=borrower_id, loan_id=loan_id)
    left = unwaived_months(record.history, today=day_in_zone(now, record.timezone))
    agreed = {month: min(amount, left.get(month, 0)) for month, amount in amounts.items()}
    meant = {month: amount for month, amount in agreed.items() if amount > 0}
    return _add(session, record, meant, cause=cause, now=now)


def waive_charge(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    adjustment_id: UUID,
    amount_minor: int,
    cause: str,
    now: datetime,
) -> Waived | None:
    """Take a fee or penalty that was wrong off what is open, by a waiver of its month.

    None where it or that month had its waiver, or nothing but a schedule's principal is open: then
    nothing is left for a waiver to lower. Refuses: NotFound.
    """
    record = get_record_for_update(session, borrower_id=borrower_id, loan_id=loan_id)
    charge = next((row for row in record.history.adjustments if row.id == adjustment_id), None)
    if charge is None or charge.kind == "waiver":
        raise NotFound
    if any(row.offsets_id == charge.id for row in record.history.adjustments):
        return None
    today = day_in_zone(now, record.timezone)
    left = record.state().outstanding
    # A statement does not say what its balance is made of: the charge may be in its principal.
    kept = 0 if record.kind == "revolving" else left.principal_minor
    amount = min(amount_minor, charge.amount_minor, left.total_minor - kept)
    if charge.kind == "penalty" and record.kind != "revolving":
        amount = min(amount, record.open_of_penalty(charge.id, today=today))
    if amount <= 0:
        return None
    waived = _add(session, record, {waiver_period(charge.on_date): amount}, cause=cause, now=now)
    return waived[0] if waived else None


def _add(
    session: Session,
    record: LoanRecord,
    amounts: Mapping[date, int],
    *,
    cause: str,
    now: datetime,
) -> list[Waived]:
    if record.status == "closed" or not amounts:
        return []
    meant = [
        Waived(
            borrower_id=record.key.borrower_id,
            loan_id=record.key.loan_id,
            loan_external_id=record.external_id,
            external_id=f"{cause}.{new_id()}",
            currency=record.currency,
            amount_minor=amount,
            on=day_in_zone(now, record.timezone),
            period=month,
        )
        for month, amount in amounts.items()
    ]
    outcomes = add_adjustments(session, [_input(each) for each in meant], now=now, settled=True)
    return [
        each for each, outcome in zip(meant, outcomes, strict=True) if outcome.status == "stored"
    ]
