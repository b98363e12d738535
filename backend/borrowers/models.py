"""Tables of borrowers. `external_ref` and `borrower_lookup` are looked up across borrowers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base

REF_KINDS = ("borrower", "loan", "payment", "adjustment")
LOOKUP_KINDS = ("phone", "name")


class Borrower(Base):
    """One person as the lender's core system describes her.

    Amounts are minor units of the currency of her loans. `declared_facts` are the lender's own
    facts, each declared as data before it is accepted. What she chose herself (`own_`) is not
    overwritten by the core system. `timezone` is that of her contracts, in which all days of hers
    are dates: only the lender sets it. Where she is (`own_timezone`) is kept apart.
    `email_refused_at`: since when nobody takes mail at that address; a new address forgets it.
    """

    __tablename__ = "borrower"
    __table_args__ = (
        CheckConstraint("locale IN ('en', 'zh-CN')", name="locale_known"),
        CheckConstraint("monthly_income_minor >= 0", name="income_not_negative"),
        CheckConstraint("monthly_debt_minor >= 0", name="debt_not_negative"),
        CheckConstraint(
            "email_refused_at IS NULL OR email_cipher IS NOT NULL", name="refused_is_an_address"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    external_id: Mapped[str]
    locale: Mapped[str]
    timezone: Mapped[str]
    own_locale: Mapped[bool] = mapped_column(server_default=text("false"))
    own_timezone: Mapped[str | None]
    phone_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_refused_at: Mapped[datetime | None]
    name_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    born_on_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    monthly_income_minor: Mapped[int | None]
    income_verified: Mapped[bool | None]
    monthly_debt_minor: Mapped[int | None]
    employment: Mapped[str | None]
    declared_facts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ExternalRef(Base):
    """The lender's id of a thing, and where that thing lives here.

    Narrow on purpose. From a borrower to her ids the way is through the things themselves.
    """

    __tablename__ = "external_ref"
    __table_args__ = (CheckConstraint(f"kind IN {REF_KINDS}", name="kind_known"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    borrower_id: Mapped[UUID]
    object_id: Mapped[UUID]


class BorrowerLookup(Base):
    """Keyed hash of a normalised phone number or full name. Two people may share either.

    `key_name` is the look-up key's, so that the job finds what another key hashed.
    """

    __tablename__ = "borrower_lookup"
    __table_args__ = (
        CheckConstraint(f"kind IN {LOOKUP_KINDS}", name="kind_known"),
        Index("ix_borrower_lookup_borrower_id", "borrower_id"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_name: Mapped[str]


class Assignment(Base):
    """Whose account manager somebody is, and was. One at a time; an end is never taken back.

    `assigned_by` and `ended_by` are empty for the command line.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("ended_by IS NULL OR ended_at IS NOT NULL", name="end_has_its_time"),
        Index(
            "uq_assignment_borrower_id",
            "borrower_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_assignment_staff_id_borrower_id",
            "staff_id",
            "borrower_id",
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    since: Mapped[datetime]
    assigned_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))


class AccessLog(Base):
    """A staff member looked at a borrower's data. Added only; shown to the borrower.

    `role` is the one in which she looked; empty in rows older than the column.
    """

    __tablename__ = "access_log"

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID]
    purpose: Mapped[str]
    what: Mapped[str]
    at: Mapped[datetime]
    role: Mapped[str | None]
