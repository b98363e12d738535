"""Who is left in peace and who has talked with whom, for statements over many borrowers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import InstrumentedAttribute

from backend.contacts.models import ContactEntry, ContactHold
from backend.contacts.rules import EntryKind

Owner = ColumnElement[UUID] | InstrumentedAttribute[UUID]


def is_held(borrower_id: Owner, *, on: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether she is left in peace on a day."""
    return exists().where(ContactHold.borrower_id == borrower_id, ContactHold.until_on >= on)


def has_talked_with(borrower_id: Owner, *, staff_id: Owner, since: datetime) -> ColumnElement[bool]:
    """Whether she has had a conversation with a member of staff since then, whoever began it."""
    return exists().where(
        ContactEntry.borrower_id == borrower_id,
        ContactEntry.staff_id == staff_id,
        ContactEntry.kind.in_((EntryKind.CONVERSATION, EntryKind.INBOUND)),
        ContactEntry.at >= since,
    )
