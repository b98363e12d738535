"""Tables of contact."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.contacts.rules import OUTCOMES, Actor, EntryKind
from backend.events.contacts import Channel
from backend.kit.db import Base


def _listed(names: object) -> str:
    return ", ".join(f"'{name}'" for name in names)  # type: ignore[attr-defined]


def _outcomes() -> str:
    fitting = (
        f"kind = '{kind}' AND outcome IN ({_listed(sorted(OUTCOMES[kind]))})"
        for kind in EntryKind
        if OUTCOMES[kind]
    )
    return " OR ".join(("outcome IS NULL", *fitting))


class ContactHold(Base):
    """She is left in peace up to and including a day, for one cause."""

    __tablename__ = "contact_hold"

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)
    until_on: Mapped[date]
    created_at: Mapped[datetime]


class ContactEntry(Base):
    """One contact of a person with her, or her word about contact. Added only.

    `contact` is a label of what was dialled or written to, never the number itself. `reference`
    is the id that another system has for it: sent again, it is the same entry.
    """

    __tablename__ = "contact_entry"
    __table_args__ = (
        ForeignKeyConstraint(["borrower_id", "loan_id"], ["loan.borrower_id", "loan.id"]),
        UniqueConstraint("borrower_id", "reference"),
        CheckConstraint(f"channel IN ({_listed(Channel)})", name="channel_is_known"),
        CheckConstraint(f"kind IN ({_listed(EntryKind)})", name="kind_is_known"),
        CheckConstraint(f"actor IN ({_listed(Actor)})", name="actor_is_known"),
        CheckConstraint(_outcomes(), name="outcome_fits_kind"),
        CheckConstraint("contact !~ '([0-9][^0-9]*){4}'", name="contact_is_no_number"),
        Index("ix_contact_entry_borrower_id_at_id", "borrower_id", "at", "id"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    channel: Mapped[str]
    kind: Mapped[str]
    loan_id: Mapped[UUID | None]
    contact: Mapped[str | None]
    actor: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    outcome: Mapped[str | None]
    note_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    reference: Mapped[str | None]
    recorded_at: Mapped[datetime]
