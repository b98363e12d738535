"""Alerts of staff on duty."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("last_failure", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('crisis')", name=op.f("ck_staff_alert_kind_is_known")),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'not_needed', 'logged')",
            name=op.f("ck_staff_alert_outcome_is_known"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_staff_alert_ended_whole")
        ),
        sa.CheckConstraint("tries >= 0 AND version > 0", name=op.f("ck_staff_alert_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_alert")),
    )
    op.create_index(
        "uq_staff_alert_open",
        "staff_alert",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_staff_alert_ended", "staff_alert", ["kind", "outcome", "ended_at"])
