"""tiers: its tables, and version 1 of the policy, so that no installation is without one."""

import json
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

POLICY = Path(__file__).parent.parent / "default_tier_policy_1.json"


def upgrade() -> None:
    op.create_table(
        "tier_policy",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)",
            name=op.f("ck_tier_policy_published_when"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR version = 1 OR publisher_id IS NOT NULL",
            name=op.f("ck_tier_policy_published_by"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published')", name=op.f("ck_tier_policy_state_known")
        ),
        sa.CheckConstraint("author_id <> publisher_id", name=op.f("ck_tier_policy_four_eyes")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_tier_policy")),
    )
    op.create_index("ix_tier_policy_published_at", "tier_policy", ["published_at"], unique=False)
    op.create_table(
        "tier_state",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=False),
        sa.Column("raw_tier", sa.Text(), nullable=False),
        sa.Column("bands", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("pending_tier", sa.Text(), nullable=True),
        sa.Column("pending_since_on", sa.Date(), nullable=True),
        sa.Column("evaluation_number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(pending_tier IS NULL) = (pending_since_on IS NULL)",
            name=op.f("ck_tier_state_pending_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_tier_state_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", name=op.f("pk_tier_state")),
    )
    op.create_table(
        "tier_evaluation",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("raw_tier", sa.Text(), nullable=False),
        sa.Column("from_tier", sa.Text(), nullable=True),
        sa.Column("from_rank", sa.BigInteger(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("evaluated_on", sa.Date(), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["tier_state.borrower_id"],
            name=op.f("fk_tier_evaluation_borrower_id_tier_state"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "number", name=op.f("pk_tier_evaluation")),
    )
    op.create_table(
        "tier_freeze",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_tier_freeze_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "cause", name=op.f("pk_tier_freeze")),
    )
    op.create_table(
        "tier_override",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_tier_override_confirmed_when"),
        ),
        sa.CheckConstraint("asked_by <> confirmed_by", name=op.f("ck_tier_override_four_eyes")),
        sa.CheckConstraint(
            "expires_on <= asked_on + 90", name=op.f("ck_tier_override_ninety_days_at_most")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_tier_override_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_tier_override")),
    )
    op.create_index(
        "uq_tier_override_active",
        "tier_override",
        ["borrower_id"],
        unique=True,
        postgresql_where=sa.text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "tier_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("run_on", sa.Date(), nullable=False),
        sa.Column("business_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evaluated", sa.BigInteger(), nullable=True),
        sa.Column("moved", sa.BigInteger(), nullable=True),
        sa.Column("counts", postgresql.JSONB(), nullable=True),
        sa.Column("matrix", postgresql.JSONB(), nullable=True),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_run")),
        sa.UniqueConstraint(
            "policy_version", "run_on", name=op.f("uq_tier_run_policy_version_run_on")
        ),
    )
    op.create_index("ix_tier_run_started_at", "tier_run", ["started_at"], unique=False)
    op.create_table(
        "tier_run_chunk",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evaluated", sa.BigInteger(), nullable=True),
        sa.Column("moves", postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["tier_run.id"], name=op.f("fk_tier_run_chunk_run_id_tier_run")
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_tier_run_chunk")),
    )
    op.create_index(
        "ix_tier_run_chunk_open",
        "tier_run_chunk",
        ["run_id", "number"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "tier_review",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("refuses_automation", sa.Boolean(), nullable=False),
        sa.Column("evaluation_number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_tier_review_decided_when")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'changed')", name=op.f("ck_tier_review_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_tier_review_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_tier_review")),
    )
    op.create_index(
        "ix_tier_review_queue",
        "tier_review",
        ["asked_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_tier_review_open",
        "tier_review",
        ["borrower_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    _publish_first_policy()


def _publish_first_policy() -> None:
    policy = sa.table(
        "tier_policy",
        sa.column("version", sa.BigInteger),
        sa.column("state", sa.Text),
        sa.column("document", postgresql.JSONB),
        sa.column("note", sa.Text),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("published_at", sa.DateTime(timezone=True)),
    )
    # Older than anything a business clock will say, so that any later version comes after it.
    epoch = datetime(2000, 1, 1, tzinfo=UTC)
    op.bulk_insert(
        policy,
        [
            {
                "version": 1,
                "state": "published",
                "document": json.loads(POLICY.read_text(encoding="utf-8")),
                "note": "The default policy that ships with the product.",
                "created_at": epoch,
                "published_at": epoch,
            }
        ],
    )
