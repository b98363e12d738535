"""Devices, preferences and the inbox of a borrower."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _devices()
    _preferences()
    _inbox()


def _devices() -> None:
    op.create_table(
        "device",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("installation_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("address_kind", sa.Text(), nullable=False),
        sa.Column("address_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("app_version", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "platform IN ('android', 'ios', 'harmonyos', 'web')",
            name=op.f("ck_device_platform_is_known"),
        ),
        sa.CheckConstraint(
            "address_kind IN ('token', 'fid')", name=op.f("ck_device_address_kind_is_known")
        ),
        sa.CheckConstraint(
            "retired_why IN ('removed', 'changed_hands', 'replaced', 'too_many', 'unregistered',"
            " 'sender_mismatch')",
            name=op.f("ck_device_why_is_known"),
        ),
        sa.CheckConstraint(
            "(retired_at IS NULL) = (retired_why IS NULL)"
            " AND (retired_at IS NULL) = (address_cipher IS NOT NULL)",
            name=op.f("ck_device_retired_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_device_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_device")),
    )
    op.create_index(
        "uq_device_live",
        "device",
        ["borrower_id", "installation_id"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "device_lookup",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_name", sa.Text(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('address', 'installation')", name=op.f("ck_device_lookup_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "device_id"],
            ["device.borrower_id", "device.id"],
            name=op.f("fk_device_lookup_borrower_id_device_id_device"),
        ),
        sa.PrimaryKeyConstraint("kind", "hash", name=op.f("pk_device_lookup")),
    )
    op.create_index(
        "ix_device_lookup_borrower_id_device_id",
        "device_lookup",
        ["borrower_id", "device_id"],
        unique=False,
    )


def _preferences() -> None:
    op.create_table(
        "notification_preference",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('receipt', 'plan', 'reminder', 'reward', 'community', 'greeting',"
            " 'marketing')",
            name=op.f("ck_notification_preference_purpose_is_hers"),
        ),
        sa.CheckConstraint(
            "channel IN ('push', 'sms', 'email')",
            name=op.f("ck_notification_preference_channel_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrower.id"],
            name=op.f("fk_notification_preference_borrower_id_borrower"),
        ),
        sa.PrimaryKeyConstraint(
            "borrower_id", "purpose", "channel", name=op.f("pk_notification_preference")
        ),
    )
    op.create_table(
        "notification_choice",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("personalised", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrower.id"],
            name=op.f("fk_notification_choice_borrower_id_borrower"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", name=op.f("pk_notification_choice")),
    )


def _inbox() -> None:
    op.create_table(
        "inbox_item",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("template_version", sa.BigInteger(), nullable=False),
        sa.Column("variables", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('security', 'receipt', 'plan', 'reminder', 'reward', 'community',"
            " 'greeting', 'marketing')",
            name=op.f("ck_inbox_item_purpose_is_known"),
        ),
        sa.CheckConstraint("template_version >= 1", name=op.f("ck_inbox_item_version_from_one")),
        sa.CheckConstraint(
            "jsonb_typeof(variables) = 'object'", name=op.f("ck_inbox_item_variables_named")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_inbox_item_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_inbox_item")),
    )
    op.create_index(
        "ix_inbox_item_borrower_id_created_at_id",
        "inbox_item",
        ["borrower_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_inbox_item_unread",
        "inbox_item",
        ["borrower_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
