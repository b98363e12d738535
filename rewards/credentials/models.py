"""Tables of credentials. What is published leads to nobody: only two look-ups name a borrower."""

from datetime import datetime
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

from backend.kit.db import Base
from rewards.credentials.rules import PLACES, Cause

_CAUSES = ", ".join(f"'{cause}'" for cause in Cause)


class CredentialSigner(Base):
    """A key of the issuer [Ed25519]. Retired, its seed is gone and its public half stays published.

    Withdrawn, it is published no more, and nothing that it signed is accepted any longer.
    """

    __tablename__ = "credential_signer"
    __table_args__ = (
        CheckConstraint("octet_length(public_key) = 32", name="public_key_whole"),
        CheckConstraint("(seed_cipher IS NULL) = (retired_at IS NOT NULL)", name="retired_whole"),
        CheckConstraint(
            "withdrawn_at IS NULL OR retired_at IS NOT NULL", name="withdrawn_is_retired"
        ),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    seed_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class CredentialStatusList(Base):
    """A list of 131,072 places. `revision` rises with each place that is revoked."""

    __tablename__ = "credential_status_list"
    __table_args__ = (CheckConstraint("number >= 1", name="number_from_one"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class CredentialPlace(Base):
    """A place that was given away, for ever. It names no borrower and outlives its credential."""

    __tablename__ = "credential_place"
    __table_args__ = (
        CheckConstraint(f"place BETWEEN 0 AND {PLACES - 1}", name="place_within_list"),
        UniqueConstraint("credential_id"),
        UniqueConstraint("list_number", "place", "credential_id"),
        Index(
            "ix_credential_place_revoked",
            "list_number",
            "place",
            postgresql_where=text("revoked_at IS NOT NULL"),
        ),
    )

    list_number: Mapped[int] = mapped_column(
        ForeignKey("credential_status_list.number"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[UUID]
    revoked_at: Mapped[datetime | None]


class Credential(Base):
    """What was signed for a borrower, as it was signed. The id is a random UUIDv4."""

    __tablename__ = "credential"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "award_id"], ["badge_award.borrower_id", "badge_award.id"]
        ),
        ForeignKeyConstraint(
            ["list_number", "place", "id"],
            [
                "credential_place.list_number",
                "credential_place.place",
                "credential_place.credential_id",
            ],
        ),
        CheckConstraint(f"revoked_cause IN ({_CAUSES})", name="cause_known"),
        CheckConstraint(
            "(revoked_at IS NULL) = (revoked_cause IS NULL)", name="revoked_when_and_why"
        ),
        Index(
            "uq_credential_live",
            "borrower_id",
            "award_id",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    award_id: Mapped[UUID]
    code: Mapped[str]
    list_number: Mapped[int]
    place: Mapped[int]
    signer: Mapped[str] = mapped_column(ForeignKey("credential_signer.name"))
    # As text: JSONB would put its members in another order than they were signed in.
    document: Mapped[str]
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_cause: Mapped[str | None]


class CredentialLookup(Base):
    """Whose credential it is: narrow, because a verifier comes with the id alone."""

    __tablename__ = "credential_lookup"
    __table_args__ = (
        ForeignKeyConstraint(["borrower_id", "id"], ["credential.borrower_id", "credential.id"]),
        Index("ix_credential_lookup_borrower_id", "borrower_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    borrower_id: Mapped[UUID]


class CredentialShare(Base):
    """A page that a holder opened; its id is its address. Closed, the row is gone."""

    __tablename__ = "credential_share"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "credential_id"], ["credential.borrower_id", "credential.id"]
        ),
        UniqueConstraint("borrower_id", "credential_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    borrower_id: Mapped[UUID]
    credential_id: Mapped[UUID]
    opened_at: Mapped[datetime]
