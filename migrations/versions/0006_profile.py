"""profile: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "profile",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("dpd_base", sa.BigInteger(), nullable=True),
        sa.Column("oldest_unpaid_due_on", sa.Date(), nullable=True),
        sa.Column("dpd_past_max_12m", sa.BigInteger(), nullable=True),
        sa.Column("on_time_streak", sa.BigInteger(), nullable=True),
        sa.Column("installments_missed_12m", sa.BigInteger(), nullable=True),
        sa.Column("overdue_count_12m", sa.BigInteger(), nullable=True),
        sa.Column("cured_count_12m", sa.BigInteger(), nullable=True),
        sa.Column("paid_ratio_6m", sa.Numeric(), nullable=True),
        sa.Column("last_payment_on", sa.Date(), nullable=True),
        sa.Column("last_activity_on", sa.Date(), nullable=True),
        sa.Column("open_loans", sa.BigInteger(), nullable=True),
        sa.Column("open_balance", sa.BigInteger(), nullable=True),
        sa.Column("arrears_minor", sa.BigInteger(), nullable=True),
        sa.Column("first_loan_amount", sa.BigInteger(), nullable=True),
        sa.Column("repaid_total", sa.BigInteger(), nullable=True),
        sa.Column("relationship_since_on", sa.Date(), nullable=True),
        sa.Column("plan_active", sa.Boolean(), nullable=True),
        sa.Column("income_monthly", sa.BigInteger(), nullable=True),
        sa.Column("income_verified", sa.Boolean(), nullable=True),
        sa.Column("income_stability", sa.Numeric(), nullable=True),
        sa.Column("debt_to_income", sa.Numeric(), nullable=True),
        sa.Column("employment", sa.Text(), nullable=True),
        sa.Column("programme_status", sa.Text(), nullable=True),
        sa.Column(
            "extra",
            postgresql.JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("tier_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("contact_answered_ratio_90d", sa.Numeric(), nullable=True),
        sa.Column("lost_contact", sa.Boolean(), nullable=True),
        sa.Column("plans_kept_ratio", sa.Numeric(), nullable=True),
        sa.Column("hardship_active", sa.Boolean(), nullable=True),
        sa.Column("referrals_confirmed", sa.BigInteger(), nullable=True),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "awaited",
            postgresql.JSONB(),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_profile_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", name=op.f("pk_profile")),
    )
    op.create_table(
        "fact_change",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("is_rebuilt", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint(
            "borrower_id", "fact", "occurred_at", "event_seq", name=op.f("pk_fact_change")
        ),
    )
    op.create_table(
        "extra_fact",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("labels", postgresql.JSONB(), nullable=False),
        sa.Column("actionable", sa.Text(), nullable=False),
        sa.Column("action_texts", postgresql.JSONB(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "actionable = 'no' OR action_texts IS NOT NULL",
            name=op.f("ck_extra_fact_actionable_says_how"),
        ),
        sa.CheckConstraint(
            "actionable IN ('up', 'down', 'no')", name=op.f("ck_extra_fact_actionable_known")
        ),
        sa.CheckConstraint(
            "name ~ '^[a-z][a-z0-9_]{1,59}$'", name=op.f("ck_extra_fact_name_well_formed")
        ),
        sa.CheckConstraint(
            "type IN ('integer', 'decimal', 'text', 'boolean', 'date')",
            name=op.f("ck_extra_fact_type_known"),
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_extra_fact")),
    )
    op.create_table(
        "protected_attributes",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("age_band", sa.Text(), nullable=True),
        sa.Column("education", sa.Text(), nullable=True),
        sa.Column("marital_status", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrower.id"],
            name=op.f("fk_protected_attributes_borrower_id_borrower"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", name=op.f("pk_protected_attributes")),
    )
