"""Packs of benefits, the Guard's memory, checked proofs; and what ends a grant."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

ENDINGS = (
    "'declined', 'date_passed', 'programme_left', 'no_longer_fits', 'streak_undone', 'by_staff'"
)
TAKEN_UP = "'activated', 'fulfilled'"


def upgrade() -> None:
    _packs()
    _proofs()
    op.create_table(
        "benefit_guard",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("is_armed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_benefit_guard_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", name=op.f("pk_benefit_guard")),
    )
    _grants()


def _packs() -> None:
    op.create_table(
        "benefit_pack",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["staff_account.id"],
            name=op.f("fk_benefit_pack_created_by_staff_account"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_benefit_pack")),
    )
    op.create_table(
        "benefit_pack_version",
        sa.Column("pack_code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("edits", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "extract(day FROM month) = 1",
            name=op.f("ck_benefit_pack_version_month_is_first_day"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published')", name=op.f("ck_benefit_pack_version_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)",
            name=op.f("ck_benefit_pack_version_published_when"),
        ),
        sa.CheckConstraint(
            "author_id <> publisher_id", name=op.f("ck_benefit_pack_version_four_eyes")
        ),
        sa.CheckConstraint(
            "budget > 0 AND used BETWEEN 0 AND budget",
            name=op.f("ck_benefit_pack_version_within_budget"),
        ),
        sa.ForeignKeyConstraint(
            ["pack_code"],
            ["benefit_pack.code"],
            name=op.f("fk_benefit_pack_version_pack_code_benefit_pack"),
        ),
        sa.PrimaryKeyConstraint("pack_code", "version", name=op.f("pk_benefit_pack_version")),
    )
    op.create_index(
        "uq_benefit_pack_version_month",
        "benefit_pack_version",
        ["pack_code", "month"],
        unique=True,
        postgresql_where=sa.text("state = 'published'"),
    )


def _proofs() -> None:
    op.create_table(
        "benefit_proof",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('income', 'unemployment', 'illness', 'study', 'caring', 'disaster')",
            name=op.f("ck_benefit_proof_kind_is_known"),
        ),
        sa.CheckConstraint(
            "octet_length(document_hash) = 32", name=op.f("ck_benefit_proof_hash_is_sha256")
        ),
        sa.CheckConstraint(
            "expires_on >= checked_on", name=op.f("ck_benefit_proof_not_expired_when_checked")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_benefit_proof_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"],
            ["staff_account.id"],
            name=op.f("fk_benefit_proof_checked_by_staff_account"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_benefit_proof")),
        sa.UniqueConstraint(
            "borrower_id",
            "id",
            "expires_on",
            name=op.f("uq_benefit_proof_borrower_id_id_expires_on"),
        ),
        sa.UniqueConstraint(
            "borrower_id",
            "document_hash",
            name=op.f("uq_benefit_proof_borrower_id_document_hash"),
        ),
    )
    op.create_table(
        "benefit_proof_lookup",
        sa.Column("document_hash", sa.LargeBinary(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("document_hash", name=op.f("pk_benefit_proof_lookup")),
    )


def _grants() -> None:
    for name, kind in (
        ("occasion", sa.Text()),
        ("pack_code", sa.Text()),
        ("pack_version", sa.BigInteger()),
        ("needs_proof", sa.Text()),
        ("proof_id", sa.Uuid()),
        ("proof_expires_on", sa.Date()),
        ("activated_on", sa.Date()),
        ("changed_at", sa.DateTime(timezone=True)),
        ("ended_at", sa.DateTime(timezone=True)),
        ("ending", sa.Text()),
    ):
        op.add_column("benefit_grant", sa.Column(name, kind, nullable=True))
    op.execute(
        """
        UPDATE benefit_grant SET changed_at = granted_at,
            ended_at = CASE WHEN state IN ('declined', 'expired', 'revoked') THEN granted_at END,
            ending = CASE state WHEN 'declined' THEN 'declined' WHEN 'expired' THEN 'date_passed'
                                WHEN 'revoked' THEN 'by_staff' END
        """
    )
    op.alter_column("benefit_grant", "changed_at", nullable=False)
    _constrain()
    op.drop_index("ix_benefit_grant_granted_at_id", "benefit_grant")
    op.create_index("ix_benefit_grant_changed_at_id", "benefit_grant", ["changed_at", "id"])
    op.create_index(
        "ix_benefit_grant_open_until",
        "benefit_grant",
        ["expires_on"],
        postgresql_where=sa.text("state IN ('offered', 'activated')"),
    )
    op.create_index(
        "ix_benefit_grant_pack", "benefit_grant", ["pack_code", "pack_version", "state"]
    )


def _constrain() -> None:
    for name, columns in (
        ("uq_benefit_grant_borrower_id_occasion", ["borrower_id", "occasion"]),
        ("uq_benefit_grant_borrower_id_proof_id", ["borrower_id", "proof_id"]),
    ):
        op.create_unique_constraint(op.f(name), "benefit_grant", columns)
    for name, condition in (
        (
            "ending_is_known",
            f"ending IN ({ENDINGS})",
        ),
        (
            "ended_when",
            "(state IN ('declined', 'expired', 'revoked')) = (ended_at IS NOT NULL)",
        ),
        ("ended_why", "(ending IS NULL) = (ended_at IS NULL)"),
        ("proof_still_good", "proof_id IS NULL OR proof_expires_on >= activated_on"),
        (
            "proof_where_needed",
            f"needs_proof IS NULL OR state NOT IN ({TAKEN_UP}) OR proof_id IS NOT NULL",
        ),
    ):
        op.create_check_constraint(op.f(f"ck_benefit_grant_{name}"), "benefit_grant", condition)
    op.create_foreign_key(
        op.f("fk_benefit_grant_pack_code_pack_version_benefit_pack_version"),
        "benefit_grant",
        "benefit_pack_version",
        ["pack_code", "pack_version"],
        ["pack_code", "version"],
    )
    op.create_foreign_key(
        "fk_benefit_grant_proof",
        "benefit_grant",
        "benefit_proof",
        ["borrower_id", "proof_id", "proof_expires_on"],
        ["borrower_id", "id", "expires_on"],
    )
