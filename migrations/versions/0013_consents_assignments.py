"""Consents; who looks after whom; headers of stored answers; the role of who looked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('marketing', 'emotion_signals', 'research', 'sensitive_documents')",
            name=op.f("ck_consent_purpose_is_known"),
        ),
        sa.CheckConstraint("source IN ('app')", name=op.f("ck_consent_source_is_known")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_consent_version_counts_from_one")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_consent_number_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_consent_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_consent")),
        sa.UniqueConstraint("borrower_id", "number", name=op.f("uq_consent_borrower_id_number")),
    )
    op.create_index(
        "ix_consent_purpose_borrower_id_number",
        "consent",
        ["purpose", "borrower_id", "number"],
        unique=False,
    )
    op.create_table(
        "assignment",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "ended_by IS NULL OR ended_at IS NOT NULL", name=op.f("ck_assignment_end_has_its_time")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_assignment_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_account.id"], name=op.f("fk_assignment_staff_id_staff_account")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_by"],
            ["staff_account.id"],
            name=op.f("fk_assignment_assigned_by_staff_account"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["staff_account.id"], name=op.f("fk_assignment_ended_by_staff_account")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_assignment")),
    )
    op.create_index(
        "uq_assignment_borrower_id",
        "assignment",
        ["borrower_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_assignment_staff_id_borrower_id",
        "assignment",
        ["staff_id", "borrower_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    # Neither rewrites a row that is there: they are known to have none of it.
    op.add_column("access_log", sa.Column("role", sa.Text(), nullable=True))
    op.add_column(
        "idempotent_answer",
        sa.Column(
            "headers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
