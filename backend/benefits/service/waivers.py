"""Waivers that follow from a plan: penalties of a freeze, and months that a plan waives."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.benefits.rules import Kind, State
from backend.benefits.service.grants import grant_benefit
from backend.benefits.service.negotiations import tell_waived
from backend.loans import service as loans
from backend.loans.queries import LoanKey


def offset_penalties(
    session: Session,
    *,
    key: LoanKey,
    spans: Sequence[tuple[date, date | None]],
    cause: str,
    now: datetime,
) -> int:
    """Set a waiver against each penalty of a loan within these days; answers how many are new."""
    return _grant(
        session,
        loans.offset_penalties(session, key=key, spans=spans, cause=cause, now=now),
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
) -> int:
    """Waive what an agreed plan waives, month by month; answers how much was booked.

    Whoever agreed has claimed the loan's one negotiation before.
    """
    waived = loans.waive_months(
        session, borrower_id=borrower_id, loan_id=loan_id, amounts=amounts, cause=cause, now=now
    )
    for line in waived:
        tell_waived(session, line, cause=cause, now=now)
    return sum(line.amount_minor for line in waived)


def _grant(session: Session, waived: Sequence[loans.Waived], *, cause: str, now: datetime) -> int:
    for each in waived:
        grant_benefit(
            session,
            borrower_id=each.borrower_id,
            kind=Kind.FEE_WAIVER,
            terms={
                "loan_external_id": each.loan_external_id,
                "adjustment_external_id": each.external_id,
                "currency": each.currency,
                "amount_minor": each.amount_minor,
                "on": each.on.isoformat(),
            },
            cause=cause,
            occasion=f"{cause}:{Kind.FEE_WAIVER}:{each.external_id}",
            # It stands in the books; nothing is asked of her.
            state=State.ACTIVATED,
            now=now,
        )
    return len(waived)
