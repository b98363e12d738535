"""In which money a loan is."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from backend.loans.models import Loan


def list_currencies(session: Session, *, keys: Collection[tuple[UUID, UUID]]) -> dict[UUID, str]:
    """Loans and their currencies; `keys`: whose and which."""
    borrower_ids = literal([borrower_id for borrower_id, _ in keys], ARRAY(Uuid))
    loan_ids = literal([loan_id for _, loan_id in keys], ARRAY(Uuid))
    rows = session.execute(
        select(Loan.id, Loan.currency).where(
            Loan.borrower_id == any_(borrower_ids), Loan.id == any_(loan_ids)
        )
    )
    return {row.id: row.currency for row in rows}
