"""Reads of her hours and places."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.contacts.models import ContactTimes


def get_times(session: Session, *, borrower_id: UUID) -> dict[str, Any]:
    """The newest row: `agreed` and `inconvenient` as pairs of words, and `zones`."""
    row = session.execute(
        select(ContactTimes.agreed, ContactTimes.inconvenient, ContactTimes.zones)
        .where(ContactTimes.borrower_id == borrower_id)
        .order_by(ContactTimes.since.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return {"agreed": [], "inconvenient": [], "zones": []}
    return dict(row._mapping)
