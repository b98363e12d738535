"""programme: its tables."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enrolment",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("assignment", sa.Text(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "assignment IN ('treated', 'control', 'roll_out')",
            name=op.f("ck_enrolment_assignment_known"),
        ),
        sa.CheckConstraint(
            "status IN ('enrolled', 'paused', 'terminated')", name=op.f("ck_enrolment_status_known")
        ),
        sa.CheckConstraint(
            "status IS NOT NULL OR assignment = 'control'",
            name=op.f("ck_enrolment_only_control_waits"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_enrolment_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", name=op.f("pk_enrolment")),
    )
    op.create_table(
        "enrolment_change",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["enrolment.borrower_id"],
            name=op.f("fk_enrolment_change_borrower_id_enrolment"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "number", name=op.f("pk_enrolment_change")),
    )
