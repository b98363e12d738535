"""Penalty interest waived by agreement or because it was wrong: booked, and told to the core."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.benefits.errors import AlreadyNegotiated, TooManyMonths
from backend.benefits.models import BenefitNegotiation
from backend.benefits.rules import WAIVER_MONTHS_MAX, Kind, State
from backend.benefits.service.grants import grant_benefit
from backend.loans import service as loans
from backend.loans.service import Waived


def waive_periods(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    periods: Sequence[date],
    cause: str,
    now: datetime,
    is_negotiation: bool = True,
) -> list[Waived]:
    """Waive what is open of these months' penalty interest (`periods`: their first days).

    One line for each month; none where nothing is open or the month had its waiver, so the
    answer may be empty. A negotiation happens once for a loan and has at most three months; what
    is waived for another reason (a freeze) is none. The loan is locked. Refuses: NotFound,
    AlreadyNegotiated, TooManyMonths.
    """
    if is_negotiation and len(set(periods)) > WAIVER_MONTHS_MAX:
        raise TooManyMonths(months_max=WAIVER_MONTHS_MAX)
    waived = loans.waive_open_months(
        session, borrower_id=borrower_id, loan_id=loan_id, months=periods, cause=cause, now=now
    )
    if waived and is_negotiation:
        is_first = claim_negotiation(
            session,
            borrower_id=borrower_id,
            loan_id=loan_id,
            months=len(waived),
            cause=cause,
            now=now,
        )
        if not is_first:
            # What was booked above goes with the transaction.
            raise AlreadyNegotiated.on(loan_id)
    for line in waived:
        tell_waived(session, line, cause=cause, now=now)
    return waived


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
    """Waive a fee or penalty that was wrong; None where no waiver could lower anything any more.

    That is the core system's to correct: what was paid already, and a month that had its waiver.
    The loan is locked. Refuses: NotFound.
    """
    waived = loans.waive_charge(
        session,
        borrower_id=borrower_id,
        loan_id=loan_id,
        adjustment_id=adjustment_id,
        amount_minor=amount_minor,
        cause=cause,
        now=now,
    )
    if waived is not None:
        tell_waived(session, waived, cause=cause, now=now)
    return waived


def claim_negotiation(
    session: Session, *, borrower_id: UUID, loan_id: UUID, months: int, cause: str, now: datetime
) -> bool:
    """Note that penalty interest of a loan was waived by agreement; False where it was before.

    The key decides, whoever looked first.
    """
    claimed = session.execute(
        upsert(BenefitNegotiation)
        .values(borrower_id=borrower_id, loan_id=loan_id, cause=cause, months=months, waived_at=now)
        .on_conflict_do_nothing()
        .returning(BenefitNegotiation.loan_id)
    ).first()
    return claimed is not None


def give_negotiation_back(
    session: Session, *, borrower_id: UUID, loan_id: UUID, cause: str
) -> None:
    """What was claimed for this cause did not come about: the loan may be negotiated again."""
    session.execute(
        delete(BenefitNegotiation).where(
            BenefitNegotiation.borrower_id == borrower_id,
            BenefitNegotiation.loan_id == loan_id,
            BenefitNegotiation.cause == cause,
        )
    )


def tell_waived(session: Session, line: Waived, *, cause: str, now: datetime) -> None:
    """Grant her the line that was booked, so that the core system reads it."""
    month = f"{line.period or line.on:%Y-%m}"
    grant_benefit(
        session,
        borrower_id=line.borrower_id,
        kind=Kind.FEE_WAIVER,
        terms={
            "loan_external_id": line.loan_external_id,
            "adjustment_external_id": line.external_id,
            "currency": line.currency,
            "amount_minor": line.amount_minor,
            "on": line.on.isoformat(),
            "period": month,
        },
        cause=cause,
        occasion=f"{Kind.FEE_WAIVER}:{line.loan_id}:{month}",
        # It stands in the books; nothing is asked of her.
        state=State.ACTIVATED,
        now=now,
    )
