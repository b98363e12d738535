"""Promises to pay, disputes, and waivers by agreement."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _waivers()


def _waivers() -> None:
    op.create_table(
        "benefit_negotiation",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "months BETWEEN 1 AND 3", name=op.f("ck_benefit_negotiation_months_within_limit")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_benefit_negotiation_borrower_id_loan_id_loan"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "loan_id", name=op.f("pk_benefit_negotiation")),
    )
