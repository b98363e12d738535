"""Secrets of machine clients, and the lender's tokens that were exchanged."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from backend.auth.client_rules import SHA256_BYTES
from backend.kit.db import Base


class ClientSecret(Base):
    """A client's secret, as its SHA-256 alone: 32 random bytes need no slower hash.

    The key allows two at once. The previous one always has an end, the current one never.
    """

    __tablename__ = "client_secret"
    __table_args__ = (
        CheckConstraint("place IN ('current', 'previous')", name="place_known"),
        CheckConstraint("(place = 'previous') = (expires_at IS NOT NULL)", name="previous_ends"),
        CheckConstraint(f"octet_length(secret_hash) = {SHA256_BYTES}", name="secret_hash_sha256"),
    )

    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_client.id"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]  # the last use, to the hour


class UsedAssertion(Base):
    """A token of the lender's that was exchanged: the key lets each be used once."""

    __tablename__ = "used_assertion"
    __table_args__ = (
        CheckConstraint(f"octet_length(token_hash) = {SHA256_BYTES}", name="token_hash_sha256"),
        Index("ix_used_assertion_expires_at", "expires_at"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
