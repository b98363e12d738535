"""The rulebook: changes of modes, and how often each rule was right."""

import sqlalchemy as sa
from alembic.operations import Operations

from backend.kit.migrations import behind_the_wall

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    behind_the_wall(revision, _own_tables)


def _own_tables(behind: Operations) -> None:
    behind.create_table(
        "rule_change",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("without_proof", sa.Boolean(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "char_length(reason) BETWEEN 1 AND 1000", name=behind.f("ck_rule_change_reason_length")
        ),
        sa.CheckConstraint(
            "mode IN ('shadow', 'flag', 'hold', 'block')",
            name=behind.f("ck_rule_change_mode_known"),
        ),
        sa.PrimaryKeyConstraint("number", name=behind.f("pk_rule_change")),
    )
    behind.create_index("ix_rule_change_rule_number", "rule_change", ["rule", "number"])
    behind.create_table(
        "rule_record",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.BigInteger(), nullable=False),
        sa.Column("hits", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("right", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("wrong", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            'hits >= 0 AND "right" >= 0 AND wrong >= 0',
            name=behind.f("ck_rule_record_counts_not_negative"),
        ),
        sa.PrimaryKeyConstraint("rule", "rules_version", name=behind.f("pk_rule_record")),
    )
