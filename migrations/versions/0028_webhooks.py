"""Webhooks out: endpoints, their secrets, messages, deliveries and tries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB(astext_type=sa.Text())
STATES = "'pending', 'delivered', 'failed'"
DISABLINGS = "'by_client', 'gone', 'failing'"


def upgrade() -> None:
    _endpoints()
    _messages()
    _deliveries()


def _endpoints() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("event_types", JSONB, nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("enabled_at", AT, nullable=False),
        sa.Column("disabled_at", AT, nullable=True),
        sa.Column("disabled_why", sa.Text(), nullable=True),
        sa.Column("deleted_at", AT, nullable=True),
        sa.Column("failing_since", AT, nullable=True),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("paused_until", AT, nullable=True),
        sa.Column("claimed_at", AT, nullable=True),
        sa.CheckConstraint("length(url) <= 2000", name=op.f("ck_webhook_endpoint_url_bounded")),
        sa.CheckConstraint(
            "length(description) <= 200", name=op.f("ck_webhook_endpoint_description_short")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(event_types) = 'array'", name=op.f("ck_webhook_endpoint_types_listed")
        ),
        sa.CheckConstraint(
            f"disabled_why IN ({DISABLINGS})", name=op.f("ck_webhook_endpoint_why_is_known")
        ),
        sa.CheckConstraint(
            "(disabled_at IS NULL) = (disabled_why IS NULL)",
            name=op.f("ck_webhook_endpoint_disabled_why"),
        ),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_webhook_endpoint_failures_counted")),
        sa.CheckConstraint(
            "(failures = 0) = (failing_since IS NULL)",
            name=op.f("ck_webhook_endpoint_failing_since"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["api_client.id"], name=op.f("fk_webhook_endpoint_client_id_api_client")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_index(
        "uq_webhook_endpoint_client_id_url",
        "webhook_endpoint",
        ["client_id", "url"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index("ix_webhook_endpoint_client_id_id", "webhook_endpoint", ["client_id", "id"])
    op.create_table(
        "webhook_secret",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("ends_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoint.id"],
            name=op.f("fk_webhook_secret_endpoint_id_webhook_endpoint"),
        ),
        sa.PrimaryKeyConstraint("endpoint_id", "id", name=op.f("pk_webhook_secret")),
    )
    op.create_index(
        "uq_webhook_secret_current",
        "webhook_secret",
        ["endpoint_id"],
        unique=True,
        postgresql_where=sa.text("ends_at IS NULL"),
    )


def _messages() -> None:
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", AT, nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(data) = 'object'", name=op.f("ck_webhook_message_data_is_object")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_webhook_message_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_message")),
    )
    op.create_index("ix_webhook_message_created_at", "webhook_message", ["created_at"])
    op.create_index("ix_webhook_message_borrower_id", "webhook_message", ["borrower_id"])


def _deliveries() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tries", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tried_from", AT, nullable=True),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("leased_until", AT, nullable=True),
        sa.Column("done_at", AT, nullable=True),
        sa.Column("last_status", sa.BigInteger(), nullable=True),
        sa.Column("last_failure", sa.Text(), nullable=True),
        sa.Column("last_took_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_webhook_delivery_state_is_known")),
        sa.CheckConstraint(
            "(state = 'pending') = (done_at IS NULL)", name=op.f("ck_webhook_delivery_done_when")
        ),
        sa.CheckConstraint(
            "(lease_id IS NULL) = (leased_until IS NULL)",
            name=op.f("ck_webhook_delivery_leased_until"),
        ),
        sa.CheckConstraint(
            "lease_id IS NULL OR state = 'pending'",
            name=op.f("ck_webhook_delivery_leased_while_pending"),
        ),
        sa.CheckConstraint(
            "tries BETWEEN 0 AND attempts", name=op.f("ck_webhook_delivery_tries_counted")
        ),
        sa.CheckConstraint(
            "(tries = 0) = (tried_from IS NULL)", name=op.f("ck_webhook_delivery_tried_from")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoint.id"],
            name=op.f("fk_webhook_delivery_endpoint_id_webhook_endpoint"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["webhook_message.id"],
            name=op.f("fk_webhook_delivery_message_id_webhook_message"),
        ),
        sa.PrimaryKeyConstraint("endpoint_id", "message_id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["endpoint_id", "due_at", "message_id"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_webhook_delivery_leased",
        "webhook_delivery",
        ["endpoint_id", "leased_until"],
        postgresql_where=sa.text("lease_id IS NOT NULL"),
    )
    op.create_index(
        "ix_webhook_delivery_log",
        "webhook_delivery",
        ["endpoint_id", "created_at", "message_id"],
    )
    op.create_index(
        "ix_webhook_delivery_failed",
        "webhook_delivery",
        ["endpoint_id", "created_at", "message_id"],
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index("ix_webhook_delivery_message_id", "webhook_delivery", ["message_id"])
    op.create_table(
        "webhook_attempt",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("began_at", AT, nullable=False),
        sa.Column("took_ms", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status IS NULL) <> (failure IS NULL)",
            name=op.f("ck_webhook_attempt_answered_or_failed"),
        ),
        sa.CheckConstraint("took_ms >= 0", name=op.f("ck_webhook_attempt_took_time")),
        sa.ForeignKeyConstraint(
            ["endpoint_id", "message_id"],
            ["webhook_delivery.endpoint_id", "webhook_delivery.message_id"],
            name=op.f("fk_webhook_attempt_delivery"),
        ),
        sa.PrimaryKeyConstraint(
            "endpoint_id", "message_id", "number", name=op.f("pk_webhook_attempt")
        ),
    )
