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


def upgrade() -> None:
    _intents()


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
