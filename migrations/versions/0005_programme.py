"""programme: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

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
        "programme_draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("among", postgresql.JSONB(), nullable=True),
        sa.Column("include_control", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("considered", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("enrolled", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("control", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "considered = enrolled + control",
            name=op.f("ck_programme_draw_considered_is_its_parts"),
        ),
        sa.CheckConstraint(
            "kind IN ('pilot', 'roll_out')", name=op.f("ck_programme_draw_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_draw")),
    )
    op.create_table(
        "enrolment_change",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("draw_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["enrolment.borrower_id"],
            name=op.f("fk_enrolment_change_borrower_id_enrolment"),
        ),
        sa.ForeignKeyConstraint(
            ["draw_id"],
            ["programme_draw.id"],
            name=op.f("fk_enrolment_change_draw_id_programme_draw"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "number", name=op.f("pk_enrolment_change")),
    )
