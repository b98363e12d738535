"""Tables of documents. What a borrower sent is sealed; so is what is written about it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.documents.rules import BYTES_MAX, Kind, Outcome, Scan, State, SuspicionState
from backend.kit.db import Base

MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")


def _listed(names: Any) -> str:
    return ", ".join(f"'{name}'" for name in names)


class Document(Base):
    """One file of hers. `sha256` is of the bytes that are kept, after re-encoding.

    The name that the file had is not kept: nothing is ever found or called by it.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("borrower_id", "sha256"),
        CheckConstraint(f"kind IN ({_listed(Kind)})", name="kind_is_known"),
        CheckConstraint(f"state IN ({_listed(State)})", name="state_is_known"),
        CheckConstraint(f"scan IN ({_listed(Scan)})", name="scan_is_known"),
        CheckConstraint(f"media_type IN ({_listed(MEDIA_TYPES)})", name="media_type_is_known"),
        CheckConstraint("octet_length(sha256) = 32", name="hash_is_sha256"),
        CheckConstraint(f"size_bytes BETWEEN 1 AND {BYTES_MAX}", name="size_bounded"),
        CheckConstraint("period_from_on <= period_to_on", name="period_in_order"),
        # The few that wait for a scan, wherever they are.
        Index(
            "ix_document_to_scan",
            "scan_due_at",
            postgresql_where=text("scan IN ('waiting', 'failed', 'not_configured')"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    issuer_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    period_from_on: Mapped[date | None]
    period_to_on: Mapped[date | None]
    state: Mapped[str]
    uploaded_at: Mapped[datetime]
    scan: Mapped[str]
    scan_attempts: Mapped[int] = mapped_column(server_default=text("0"))
    scan_due_at: Mapped[datetime]
    scanned_at: Mapped[datetime | None]


class DocumentContent(Base):
    """The bytes, under a key of their own, which the field key seals.

    So a rotation seals 32 bytes anew for each document, and never moves the megabytes.
    """

    __tablename__ = "document_content"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "document_id"], ["document.borrower_id", "document.id"]
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DocumentUse(Base):
    """What a document was handed in for, such as "hardship:ID". While there is one, it stays."""

    __tablename__ = "document_use"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "document_id"], ["document.borrower_id", "document.id"]
        ),
        Index("ix_document_use_purpose", "borrower_id", "used_for"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    used_for: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime]


class DocumentVerification(Base):
    """What somebody found when she checked a document, and how. Rows are only added."""

    __tablename__ = "document_verification"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "document_id"], ["document.borrower_id", "document.id"]
        ),
        CheckConstraint(f"outcome IN ({_listed(Outcome)})", name="outcome_is_known"),
        CheckConstraint("outcome <> 'verified' OR expires_on IS NOT NULL", name="verified_until"),
        CheckConstraint("outcome <> 'verified' OR issuer_cipher IS NOT NULL", name="verified_by"),
        CheckConstraint("period_from_on <= period_to_on", name="period_in_order"),
        Index("ix_document_verification_document", "borrower_id", "document_id", "id"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID]
    outcome: Mapped[str]
    method: Mapped[str]
    issuer_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    period_from_on: Mapped[date | None]
    period_to_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    checked_by: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    checked_at: Mapped[datetime]


class DocumentSuspicion(Base):
    """That somebody thinks a document forged, what she answers, and what another person finds."""

    __tablename__ = "document_suspicion"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "document_id"], ["document.borrower_id", "document.id"]
        ),
        CheckConstraint(f"state IN ({_listed(SuspicionState)})", name="state_is_known"),
        CheckConstraint("decided_by <> suspected_by", name="four_eyes"),
        CheckConstraint("(state = 'suspected') = (decided_at IS NULL)", name="decided_when"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_whom"),
        CheckConstraint("(replied_at IS NULL) = (reply_cipher IS NULL)", name="replied_when"),
        Index(
            "uq_document_suspicion_open",
            "borrower_id",
            "document_id",
            unique=True,
            postgresql_where=text("state = 'suspected'"),
        ),
        Index("ix_document_suspicion_document", "borrower_id", "document_id", "id"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID]
    state: Mapped[str]
    grounds_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    suspected_by: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    suspected_at: Mapped[datetime]
    reply_until_on: Mapped[date]
    reply_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    replied_at: Mapped[datetime | None]
    decision_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    decided_at: Mapped[datetime | None]
