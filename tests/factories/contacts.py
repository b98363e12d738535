"""Contacts in the ledger, as somebody of the lender wrote them down."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from backend.contacts import service
from backend.contacts.rules import EntryKind, Outcome
from backend.events.contacts import Channel
from backend.kit.ids import new_id
from backend.staff import service as staff
from backend.staff.rules import Role
from tests.clock import NOW

SILENT = ((80, "call"), (70, "sms"), (60, "call"), (50, "sms"), (40, "call"))


def make_writer(session: Session) -> UUID:
    """Who writes contacts down."""
    return staff.add_staff(
        session, email=f"{new_id()}@goodfaith.test", roles=[Role.ACCOUNT_MANAGER], now=NOW
    )


def make_contact(
    session: Session,
    borrower_id: UUID,
    *,
    channel: str = "call",
    kind: str = "attempt",
    outcome: str | None = None,
    days_ago: int = 0,
    at: datetime | None = None,
    staff_id: UUID | None = None,
) -> UUID:
    return service.log_contact(
        session,
        borrower_id=borrower_id,
        contact=service.Contact(
            at=at or NOW - timedelta(days=days_ago),
            channel=Channel(channel),
            kind=EntryKind(kind),
            outcome=None if outcome is None else Outcome(outcome),
        ),
        staff_id=staff_id or make_writer(session),
        now=NOW,
    )


def make_silence(session: Session, borrower_id: UUID, *, staff_id: UUID | None = None) -> None:
    """Five attempts on two channels over forty days."""
    writer = staff_id or make_writer(session)
    for days_ago, channel in SILENT:
        make_contact(session, borrower_id, channel=channel, days_ago=days_ago, staff_id=writer)
