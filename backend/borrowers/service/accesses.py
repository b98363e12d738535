"""The log of who looked at whom."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.borrowers.models import AccessLog
from backend.borrowers.rules import AccessPurpose
from backend.kit.ids import new_id


def log_access(
    session: Session,
    *,
    borrower_ids: Sequence[UUID],
    staff_id: UUID,
    purpose: AccessPurpose,
    what: str,
    now: datetime,
) -> None:
    """Note that a staff member saw these borrowers' data, in the transaction of the look."""
    rows = [
        {
            "borrower_id": borrower_id,
            "id": new_id(),
            "staff_id": staff_id,
            "purpose": str(purpose),
            "what": what,
            "at": now,
        }
        for borrower_id in borrower_ids
    ]
    if rows:
        session.execute(insert(AccessLog), rows)
