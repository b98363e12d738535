"""Notifications: what is to be told, and what became of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB(astext_type=sa.Text())
PURPOSES = (
    "'security', 'receipt', 'plan', 'reminder', 'reward', 'community', 'greeting', 'marketing'"
)


FATES = "'accepted', 'unknown', 'later', 'gone', 'foreign', 'refused', 'broken'"
STATES = "'planned', 'sending', 'accepted', 'unknown', 'prevented', 'dropped', 'failed'"


def upgrade() -> None:
    _intents()
    _deliveries()
    _delivery_indexes()
    _attempts()


def _intents() -> None:
    table = "notification_intent"
    op.create_table(
        table,
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("variables", JSONB, nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("expires_at", AT, nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("closed_at", AT, nullable=True),
        sa.Column("closed_why", sa.Text(), nullable=True),
        sa.CheckConstraint(f"purpose IN ({PURPOSES})", name=op.f(f"ck_{table}_purpose_is_known")),
        sa.CheckConstraint(
            "subject ~ '^[a-z_]+:[0-9a-f-]{36}$'", name=op.f(f"ck_{table}_subject_is_an_id")
        ),
        sa.CheckConstraint("length(occasion) <= 200", name=op.f(f"ck_{table}_occasion_short")),
        sa.CheckConstraint(
            "jsonb_typeof(variables) = 'object'", name=op.f(f"ck_{table}_variables_is_object")
        ),
        sa.CheckConstraint("due_at < expires_at", name=op.f(f"ck_{table}_due_before_it_expires")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_why IS NULL)", name=op.f(f"ck_{table}_closed_why")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f(f"fk_{table}_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "borrower_id", "subject", "purpose", "occasion", name="uq_notification_intent_occasion"
        ),
    )
    op.create_table(
        "notification_waiting",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("intent_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id", "intent_id"],
            ["notification_intent.borrower_id", "notification_intent.id"],
            name="fk_notification_waiting_intent",
        ),
        sa.PrimaryKeyConstraint("borrower_id", "intent_id", name=op.f("pk_notification_waiting")),
    )
    op.create_index(
        "ix_notification_waiting_due",
        "notification_waiting",
        ["due_at", "borrower_id", "intent_id"],
    )


def _deliveries() -> None:
    table = "notification_delivery"
    op.create_table(
        table,
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intent_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("done_at", AT, nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tries", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("unknowns", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("leased_until", AT, nullable=True),
        sa.Column("fell_over_at", AT, nullable=True),
        sa.Column("received_at", AT, nullable=True),
        sa.Column("opened_at", AT, nullable=True),
        sa.Column("dismissed_at", AT, nullable=True),
        sa.CheckConstraint(
            "channel IN ('push', 'sms', 'email')", name=op.f(f"ck_{table}_channel_is_known")
        ),
        sa.CheckConstraint(
            "(channel = 'push') = (device_id IS NOT NULL)",
            name=op.f(f"ck_{table}_pushed_to_a_device"),
        ),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f(f"ck_{table}_state_is_known")),
        sa.CheckConstraint(
            "(state IN ('planned', 'sending')) = (done_at IS NULL)",
            name=op.f(f"ck_{table}_done_when"),
        ),
        sa.CheckConstraint(
            "(state = 'sending') = (lease_id IS NOT NULL)"
            " AND (lease_id IS NULL) = (leased_until IS NULL)",
            name=op.f(f"ck_{table}_leased_while_sending"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('prevented', 'dropped', 'failed') OR why IS NOT NULL",
            name=op.f(f"ck_{table}_says_why"),
        ),
        sa.CheckConstraint(
            "tries BETWEEN 0 AND attempts AND unknowns BETWEEN 0 AND tries",
            name=op.f(f"ck_{table}_tries_counted"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "intent_id"],
            ["notification_intent.borrower_id", "notification_intent.id"],
            name="fk_notification_delivery_intent",
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "device_id"],
            ["device.borrower_id", "device.id"],
            name="fk_notification_delivery_device",
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f(f"pk_{table}")),
    )


def _delivery_indexes() -> None:
    table = "notification_delivery"
    op.create_index(
        "ix_notification_delivery_due",
        table,
        ["channel", "is_urgent", "due_at"],
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index(
        "ix_notification_delivery_leased",
        table,
        ["leased_until"],
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_notification_delivery_failed",
        table,
        ["done_at", "id"],
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "ix_notification_delivery_unreceived",
        table,
        ["done_at"],
        postgresql_where=sa.text(
            "channel = 'push' AND state IN ('accepted', 'unknown')"
            " AND received_at IS NULL AND fell_over_at IS NULL"
        ),
    )


def _attempts() -> None:
    table = "notification_attempt"
    op.create_table(
        table,
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("began_at", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.CheckConstraint(f"fate IN ({FATES})", name=op.f(f"ck_{table}_fate_is_known")),
        sa.CheckConstraint(
            "(fate IS NULL) = (ended_at IS NULL)", name=op.f(f"ck_{table}_ended_with_a_fate")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "delivery_id"],
            ["notification_delivery.borrower_id", "notification_delivery.id"],
            name="fk_notification_attempt_delivery",
        ),
        sa.PrimaryKeyConstraint("borrower_id", "delivery_id", "number", name=op.f(f"pk_{table}")),
    )
