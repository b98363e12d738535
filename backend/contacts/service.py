"""Holds: begun, prolonged, released."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.contacts.models import ContactHold


def hold(session: Session, *, borrower_id: UUID, cause: str, until_on: date, now: datetime) -> None:
    """Leave her in peace up to and including a day; a second time may prolong, never shorten.

    `cause` names the act and its id ("plan-request:..."), so that each is released by itself.
    """
    statement = upsert(ContactHold).values(
        borrower_id=borrower_id, cause=cause, until_on=until_on, created_at=now
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["borrower_id", "cause"],
            set_={"until_on": func.greatest(ContactHold.until_on, statement.excluded.until_on)},
        )
    )


def release(session: Session, *, borrower_id: UUID, cause: str) -> None:
    """The cause is over before its day."""
    session.execute(
        delete(ContactHold).where(
            ContactHold.borrower_id == borrower_id, ContactHold.cause == cause
        )
    )
