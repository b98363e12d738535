"""What the core system is asked to do, and what keeps a borrower in peace."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KINDS = (
    "'plan.accepted', 'plan.withdrawn', 'penalty.freeze', 'penalty.unfreeze', 'case.handed_over'"
)


def upgrade() -> None:
    op.create_table(
        "core_instruction",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_core_instruction_kind_is_known")),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_core_instruction_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_core_instruction")),
        sa.UniqueConstraint(
            "borrower_id", "occasion", name=op.f("uq_core_instruction_borrower_id_occasion")
        ),
    )
    op.create_index("ix_core_instruction_created_at_id", "core_instruction", ["created_at", "id"])
    op.create_index(
        "ix_core_instruction_open",
        "core_instruction",
        ["created_at", "id"],
        postgresql_where=sa.text("acknowledged_at IS NULL"),
    )
    op.create_table(
        "core_instruction_lookup",
        sa.Column("instruction_id", sa.Uuid(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id", "instruction_id"],
            ["core_instruction.borrower_id", "core_instruction.id"],
            name=op.f("fk_core_instruction_lookup_instruction"),
        ),
        sa.PrimaryKeyConstraint("instruction_id", name=op.f("pk_core_instruction_lookup")),
    )
    op.create_table(
        "contact_hold",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_contact_hold_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "cause", name=op.f("pk_contact_hold")),
    )
