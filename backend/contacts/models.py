"""Tables of contact."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.contacts.rules import OUTCOMES, PURPOSES, WORDS, Actor, EntryKind, Errand, Maker
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


_STANDING_SQL = f"kind IN ({_listed(WORDS)}) OR purpose = '{Errand.OPT_OUT_CONFIRMATION}'"
STANDING = text(f"({_STANDING_SQL})")


class ContactHold(Base):
    """She is left in peace up to and including a day, for one cause."""

    __tablename__ = "contact_hold"

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)
    until_on: Mapped[date]
    created_at: Mapped[datetime]


class ContactEntry(Base):
    """One contact of a person or a machine with her, or her word about contact. Added only.

    `contact` is a label of what was dialled or written to, never the number itself. `reference`
    is the id that another system has for it: sent again, it is the same entry. A machine's entry
    is written before it sends, and says why (`purpose`), judged by what (`rule_ids`) and as part of
    which message (`occasion`), in the `zones` she may have been in; its outcome is filled in once.
    """

    __tablename__ = "contact_entry"
    __table_args__ = (
        ForeignKeyConstraint(["borrower_id", "loan_id"], ["loan.borrower_id", "loan.id"]),
        UniqueConstraint("borrower_id", "reference"),
        CheckConstraint(f"channel IN ({_listed(Channel)})", name="channel_is_known"),
        CheckConstraint(f"kind IN ({_listed(EntryKind)})", name="kind_is_known"),
        CheckConstraint(f"actor IN ({_listed(Actor)})", name="actor_is_known"),
        CheckConstraint(_outcomes(), name="outcome_fits_kind"),
        CheckConstraint(f"made_by IN ({_listed(Maker)})", name="maker_is_known"),
        CheckConstraint(
            f"(made_by = '{Maker.STAFF}') = (staff_id IS NOT NULL)", name="staff_alone_have_an_id"
        ),
        CheckConstraint(
            f"made_by <> '{Maker.MACHINE}' OR (kind = '{EntryKind.ATTEMPT}'"
            " AND num_nulls(reference, purpose, occasion, rule_ids, zones) = 0"
            " AND num_nonnulls(note_cipher, contact) = 0)",
            name="machine_says_why",
        ),
        CheckConstraint(
            f"made_by <> '{Maker.BORROWER}' OR kind IN ({_listed(WORDS)})",
            name="borrower_says_words",
        ),
        CheckConstraint(f"purpose IN ({_listed(sorted(PURPOSES))})", name="purpose_is_known"),
        CheckConstraint("contact !~ '([0-9][^0-9]*){4}'", name="contact_is_no_number"),
        Index("ix_contact_entry_borrower_id_at_id", "borrower_id", "at", "id"),
        # What is read however old it is: her words about contact, and what confirmed them.
        Index("ix_contact_entry_words", "borrower_id", postgresql_where=STANDING),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    channel: Mapped[str]
    kind: Mapped[str]
    loan_id: Mapped[UUID | None]
    contact: Mapped[str | None]
    actor: Mapped[str]
    made_by: Mapped[str] = mapped_column(server_default=text(f"'{Maker.STAFF}'"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    purpose: Mapped[str | None]
    occasion: Mapped[str | None]
    rule_ids: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    zones: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    outcome: Mapped[str | None]
    note_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    reference: Mapped[str | None]
    recorded_at: Mapped[datetime]


class ContactTimes(Base):
    """Where she may be and which hours she named, from an instant on. Added only.

    Windows are pairs of times of day, [start, end). `zones` are those that her devices tell of.
    """

    __tablename__ = "contact_times"
    __table_args__ = (
        CheckConstraint(
            "jsonb_typeof(agreed) = 'array' AND jsonb_typeof(inconvenient) = 'array'",
            name="windows_are_lists",
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    agreed: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    inconvenient: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    zones: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
