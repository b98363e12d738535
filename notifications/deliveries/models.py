"""Intents, those that wait to be planned, their deliveries, and each try."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.events.contacts import Purpose
from backend.kit.db import Base
from notifications.channels.rules import Fate
from notifications.deliveries.rules import TEXT_LENGTH_MAX, State


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
        Index("ix_notification_intent_created_at", "created_at", postgresql_using="brin"),
        Index("ix_notification_intent_closed_at", "closed_at", postgresql_using="brin"),
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


class NotificationDelivery(Base):
    """An intent by one way: a push to one device, a text message, an e-mail.

    `id` is made of the intent and the way, so that no way is planned twice. `fell_over_at`: when a
    text message was thought of instead. `why` says why it went
    no further, or what it waits for. `due_at` and what her app said are business time; leases are
    not. `attempts` are all, `tries` those since staff last asked for it, `unknowns` of them.
    """

    __tablename__ = "notification_delivery"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "intent_id"],
            ["notification_intent.borrower_id", "notification_intent.id"],
            name="fk_notification_delivery_intent",
        ),
        ForeignKeyConstraint(
            ["borrower_id", "device_id"],
            ["device.borrower_id", "device.id"],
            name="fk_notification_delivery_device",
        ),
        CheckConstraint("channel IN ('push', 'sms', 'email')", name="channel_is_known"),
        CheckConstraint("(channel = 'push') = (device_id IS NOT NULL)", name="pushed_to_a_device"),
        CheckConstraint(f"state IN ({_listed(State)})", name="state_is_known"),
        CheckConstraint("(state IN ('planned', 'sending')) = (done_at IS NULL)", name="done_when"),
        CheckConstraint(
            "(state = 'sending') = (lease_id IS NOT NULL)"
            " AND (lease_id IS NULL) = (leased_until IS NULL)",
            name="leased_while_sending",
        ),
        CheckConstraint(
            "state NOT IN ('prevented', 'dropped', 'failed') OR why IS NOT NULL", name="says_why"
        ),
        CheckConstraint(
            "tries BETWEEN 0 AND attempts AND unknowns BETWEEN 0 AND tries", name="tries_counted"
        ),
        Index(
            "ix_notification_delivery_due",
            "channel",
            "is_urgent",
            "due_at",
            postgresql_where=text("state = 'planned'"),
        ),
        Index(
            "ix_notification_delivery_leased",
            "leased_until",
            postgresql_where=text("state = 'sending'"),
        ),
        Index(
            "ix_notification_delivery_failed",
            "done_at",
            "id",
            postgresql_where=text("state = 'failed'"),
        ),
        Index("ix_notification_delivery_done_at", "done_at", postgresql_using="brin"),
        Index(
            "ix_notification_delivery_unreceived",
            "done_at",
            postgresql_where=text(
                "channel = 'push' AND state IN ('accepted', 'unknown')"
                " AND received_at IS NULL AND fell_over_at IS NULL"
            ),
        ),
    )

    # Whose it is, its intent says, and that is a borrower.
    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    intent_id: Mapped[UUID]
    channel: Mapped[str]
    device_id: Mapped[UUID | None]
    is_urgent: Mapped[bool]
    state: Mapped[str]
    why: Mapped[str | None]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    unknowns: Mapped[int] = mapped_column(server_default=text("0"))
    lease_id: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    fell_over_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]


class NotificationAttempt(Base):
    """One try, written before it is made. Without `fate` it is under way, or was cut off."""

    __tablename__ = "notification_attempt"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "delivery_id"],
            ["notification_delivery.borrower_id", "notification_delivery.id"],
            name="fk_notification_attempt_delivery",
        ),
        CheckConstraint(f"fate IN ({_listed(Fate)})", name="fate_is_known"),
        CheckConstraint("(fate IS NULL) = (ended_at IS NULL)", name="ended_with_a_fate"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    tag: Mapped[str]
    fate: Mapped[str | None]
    code: Mapped[str | None]
    provider_ref: Mapped[str | None]
