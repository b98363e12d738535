"""Templates of messages that staff wrote, plans of reminders, names of staff."""

import json
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


PLAN = Path(__file__).parent.parent / "default_reminder_plan_1.json"
FROM = datetime(2000, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    _templates()
    _plans()
    op.add_column("staff_account", sa.Column("display_name", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_staff_account_display_name_short"),
        "staff_account",
        "length(display_name) BETWEEN 1 AND 60",
    )


def _plans() -> None:
    table = op.create_table(
        "reminder_plan",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_reminder_plan_version_from_one")),
        sa.CheckConstraint("author_id <> publisher_id", name=op.f("ck_reminder_plan_four_eyes")),
        sa.CheckConstraint(
            "version = 1 OR (published_at IS NULL) = (publisher_id IS NULL)",
            name=op.f("ck_reminder_plan_published_by"),
        ),
        sa.CheckConstraint(
            "(version = 1) = (author_id IS NULL)", name=op.f("ck_reminder_plan_ours_is_the_first")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["staff_account.id"],
            name=op.f("fk_reminder_plan_author_id_staff_account"),
        ),
        sa.ForeignKeyConstraint(
            ["publisher_id"],
            ["staff_account.id"],
            name=op.f("fk_reminder_plan_publisher_id_staff_account"),
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_reminder_plan")),
    )
    op.bulk_insert(
        table,
        [
            {
                "version": 1,
                "document": json.loads(PLAN.read_text()),
                "note": "As shipped.",
                "author_id": None,
                "created_at": FROM,
                "publisher_id": None,
                "published_at": FROM,
            }
        ],
    )


def _templates() -> None:
    op.create_table(
        "message_template",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("like_code", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("live_version", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "code ~ '^[a-z][a-z0-9_]{0,29}[.][a-z][a-z0-9_]{0,39}$'",
            name=op.f("ck_message_template_code_well_formed"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_message_template")),
    )
    op.create_table(
        "message_template_version",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "version >= 1", name=op.f("ck_message_template_version_version_from_one")
        ),
        sa.CheckConstraint(
            "author_id <> publisher_id", name=op.f("ck_message_template_version_four_eyes")
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (publisher_id IS NULL)",
            name=op.f("ck_message_template_version_published_by"),
        ),
        sa.ForeignKeyConstraint(
            ["code"],
            ["message_template.code"],
            name=op.f("fk_message_template_version_code_message_template"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["staff_account.id"],
            name=op.f("fk_message_template_version_author_id_staff_account"),
        ),
        sa.ForeignKeyConstraint(
            ["publisher_id"],
            ["staff_account.id"],
            name=op.f("fk_message_template_version_publisher_id_staff_account"),
        ),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_message_template_version")),
    )
    op.create_foreign_key(
        op.f("fk_message_template_code_live_version_message_template_version"),
        "message_template",
        "message_template_version",
        ["code", "live_version"],
        ["code", "version"],
    )
