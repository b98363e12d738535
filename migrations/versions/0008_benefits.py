"""Benefit grants."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "benefit_grant",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('fee_waiver', 'rate_discount', 'limit_increase', 'priority_service', "
            "'hardship_fund', 'training_referral', 'aid_referral', 'greeting', "
            "'education_pack', 'health_consult')",
            name=op.f("ck_benefit_grant_kind_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('offered', 'activated', 'fulfilled', 'declined', 'expired', 'revoked')",
            name=op.f("ck_benefit_grant_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_benefit_grant_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_benefit_grant")),
    )
    op.create_index(
        "ix_benefit_grant_granted_at_id", "benefit_grant", ["granted_at", "id"], unique=False
    )
    op.create_table(
        "benefit_grant_lookup",
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id", "grant_id"],
            ["benefit_grant.borrower_id", "benefit_grant.id"],
            name=op.f("fk_benefit_grant_lookup_borrower_id_grant_id_benefit_grant"),
        ),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_benefit_grant_lookup")),
    )
