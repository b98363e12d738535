"""Reads of contact."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.contacts.models import ContactHold
from backend.kit.db import AnyRow


def list_holds(session: Session, *, borrower_id: UUID, today: date) -> list[AnyRow]:
    """What keeps her in peace on a day: rows of cause, until_on, created_at."""
    rows = session.execute(
        select(ContactHold.cause, ContactHold.until_on, ContactHold.created_at)
        .where(ContactHold.borrower_id == borrower_id, ContactHold.until_on >= today)
        .order_by(ContactHold.created_at, ContactHold.cause)
    )
    return list(rows)
