"""What a borrower changes herself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.events.borrowers import BorrowerChanged
from backend.kit.outbox import announce


def change_own(
    session: Session,
    *,
    borrower_id: UUID,
    locale: str | None,
    timezone: str | None,
    now: datetime,
) -> None:
    """Set her language, on which the core system's word no longer counts, or where she is.

    Her zone moves no due day: those are the contract's, and the books must not turn on it.
    """
    values: dict[str, object] = {"updated_at": now}
    if locale is not None:
        values |= {"locale": locale, "own_locale": True}
    if timezone is not None:
        values["own_timezone"] = timezone
    session.execute(update(Borrower).where(Borrower.id == borrower_id).values(values))
    announce(session, BorrowerChanged(borrower_id, now))
