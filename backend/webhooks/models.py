"""Endpoints with their secrets, messages, and what became of each at each endpoint."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.calls_out import URL_LENGTH_MAX
from backend.kit.db import Base
from backend.webhooks.rules import DESCRIPTION_LENGTH_MAX, Disabling, State


class WebhookEndpoint(Base):
    """Where a machine client wants to be told. Deleted ones stay until their log is forgotten.

    `claimed_at` and `paused_until` are the sender's: whose turn it is, and who asked for a rest.
    """

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        CheckConstraint(f"length(url) <= {URL_LENGTH_MAX}", name="url_bounded"),
        CheckConstraint(
            f"length(description) <= {DESCRIPTION_LENGTH_MAX}", name="description_short"
        ),
        CheckConstraint("jsonb_typeof(event_types) = 'array'", name="types_listed"),
        CheckConstraint(
            "disabled_why IN ({})".format(", ".join(f"'{why}'" for why in Disabling)),
            name="why_is_known",
        ),
        CheckConstraint("(disabled_at IS NULL) = (disabled_why IS NULL)", name="disabled_why"),
        CheckConstraint("failures >= 0", name="failures_counted"),
        CheckConstraint("(failures = 0) = (failing_since IS NULL)", name="failing_since"),
        Index(
            "uq_webhook_endpoint_client_id_url",
            "client_id",
            "url",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_webhook_endpoint_client_id_id", "client_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_client.id"))
    url: Mapped[str]
    description: Mapped[str]
    event_types: Mapped[list[Any]]
    created_at: Mapped[datetime]
    enabled_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    disabled_why: Mapped[str | None]
    deleted_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    paused_until: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]


class WebhookSecret(Base):
    """A key that signs what is sent to an endpoint. One has no end; others end with a rotation."""

    __tablename__ = "webhook_secret"
    __table_args__ = (
        Index(
            "uq_webhook_secret_current",
            "endpoint_id",
            unique=True,
            postgresql_where=text("ends_at IS NULL"),
        ),
    )

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    secret_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class WebhookMessage(Base):
    """What is told, the same to every endpoint and at every try; its id is the `webhook-id`."""

    __tablename__ = "webhook_message"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(data) = 'object'", name="data_is_object"),
        Index("ix_webhook_message_created_at", "created_at"),
        Index("ix_webhook_message_borrower_id", "borrower_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    borrower_id: Mapped[UUID | None] = mapped_column(ForeignKey("borrower.id"))
    occurred_at: Mapped[datetime]
    created_at: Mapped[datetime]
    data: Mapped[dict[str, Any]]


class WebhookDelivery(Base):
    """One message at one endpoint. `tries` and `tried_from` count since it was last asked for.

    Leased to a sender until `leased_until`; a lease that its sender did not outlive runs out.
    What is urgent goes first.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(
            "state IN ({})".format(", ".join(f"'{state}'" for state in State)),
            name="state_is_known",
        ),
        CheckConstraint("(state = 'pending') = (done_at IS NULL)", name="done_when"),
        CheckConstraint("(lease_id IS NULL) = (leased_until IS NULL)", name="leased_until"),
        CheckConstraint("lease_id IS NULL OR state = 'pending'", name="leased_while_pending"),
        CheckConstraint("tries BETWEEN 0 AND attempts", name="tries_counted"),
        CheckConstraint("(tries = 0) = (tried_from IS NULL)", name="tried_from"),
        Index(
            "ix_webhook_delivery_due",
            "endpoint_id",
            "is_urgent",
            "due_at",
            "message_id",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_webhook_delivery_leased",
            "endpoint_id",
            "leased_until",
            postgresql_where=text("lease_id IS NOT NULL"),
        ),
        Index("ix_webhook_delivery_log", "endpoint_id", "created_at", "message_id"),
        Index(
            "ix_webhook_delivery_failed",
            "endpoint_id",
            "created_at",
            "message_id",
            postgresql_where=text("state = 'failed'"),
        ),
        Index("ix_webhook_delivery_message_id", "message_id"),
    )

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id"), primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_message.id"), primary_key=True)
    state: Mapped[str]
    is_urgent: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    tried_from: Mapped[datetime | None]
    lease_id: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    last_status: Mapped[int | None]
    last_failure: Mapped[str | None]
    last_took_ms: Mapped[int | None]


class WebhookAttempt(Base):
    """One try and what came of it. Added only; a number that is missing was cut off half-way."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (
        ForeignKeyConstraint(
            ["endpoint_id", "message_id"],
            ["webhook_delivery.endpoint_id", "webhook_delivery.message_id"],
            name="fk_webhook_attempt_delivery",
        ),
        CheckConstraint("(status IS NULL) <> (failure IS NULL)", name="answered_or_failed"),
        CheckConstraint("took_ms >= 0", name="took_time"),
    )

    endpoint_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    began_at: Mapped[datetime]
    took_ms: Mapped[int]
    status: Mapped[int | None]
    failure: Mapped[str | None]
