"""Intents, those that wait to be planned, and deliveries."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.events.contacts import Purpose
from backend.kit.db import Base
from notifications.deliveries.rules import TEXT_LENGTH_MAX


def _listed(names: object) -> str:
    return ", ".join(f"'{name}'" for name in names)  # type: ignore[attr-defined]


class NotificationIntent(Base):
    """One thing to tell her. The same occasion of the same subject is told once for a purpose.

    `closed_at` and `closed_why`: taken back, or nothing could be planned of it. Until `expires_at`
    it is worth telling.
    """

    __tablename__ = "notification_intent"
    __table_args__ = (
        # Her subject first: whatever ends a subject finds all that was to be told of it.
        UniqueConstraint(
            "borrower_id",
            "subject",
            "purpose",
            "occasion",
            name="uq_notification_intent_occasion",
        ),
        CheckConstraint(f"purpose IN ({_listed(Purpose)})", name="purpose_is_known"),
        CheckConstraint("subject ~ '^[a-z_]+:[0-9a-f-]{36}$'", name="subject_is_an_id"),
        CheckConstraint(f"length(occasion) <= {TEXT_LENGTH_MAX}", name="occasion_short"),
        CheckConstraint("jsonb_typeof(variables) = 'object'", name="variables_is_object"),
        CheckConstraint("due_at < expires_at", name="due_before_it_expires"),
        CheckConstraint("(closed_at IS NULL) = (closed_why IS NULL)", name="closed_why"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    template: Mapped[str]
    subject: Mapped[str]
    occasion: Mapped[str]
    variables: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_why: Mapped[str | None]


class NotificationWaiting(Base):
    """An intent that waits to be planned: the queue, apart from the intents so that it is short."""

    __tablename__ = "notification_waiting"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "intent_id"],
            ["notification_intent.borrower_id", "notification_intent.id"],
            name="fk_notification_waiting_intent",
        ),
        Index("ix_notification_waiting_due", "due_at", "borrower_id", "intent_id"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    intent_id: Mapped[UUID] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
