"""The evidence log: records, what waits, leaves, tiles, checkpoints, and the keys that sign."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _records()
    _log()
    _heads()
    # A hash does not compress, and a partial tile is read by its first bytes.
    op.execute("ALTER TABLE evidence_tile ALTER COLUMN hashes SET STORAGE EXTERNAL")
    # Written and emptied all day: cleared away before a scan has to walk over what is gone.
    op.execute(
        "ALTER TABLE evidence_pending SET (autovacuum_vacuum_scale_factor = 0,"
        " autovacuum_vacuum_threshold = 10000)"
    )


def _records() -> None:
    op.create_table(
        "evidence_key",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("key_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("borrower_id", name=op.f("pk_evidence_key")),
    )
    op.create_table(
        "evidence_record",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(body IS NULL) = (erased_at IS NOT NULL)", name=op.f("ck_evidence_record_erased_whole")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_evidence_record")),
        sa.UniqueConstraint(
            "borrower_id", "number", name=op.f("uq_evidence_record_borrower_id_number")
        ),
    )
    op.create_table(
        "evidence_pending",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "octet_length(commitment) = 32 AND octet_length(leaf_hash) = 32",
            name=op.f("ck_evidence_pending_hashes_whole"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_evidence_pending")),
    )


def _log() -> None:
    op.create_table(
        "evidence_leaf",
        sa.Column("entry_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("entry_index >= 0", name=op.f("ck_evidence_leaf_index_from_zero")),
        sa.CheckConstraint(
            "octet_length(commitment) = 32", name=op.f("ck_evidence_leaf_commitment_whole")
        ),
        sa.PrimaryKeyConstraint("entry_index", name=op.f("pk_evidence_leaf")),
        sa.UniqueConstraint("number", name=op.f("uq_evidence_leaf_number")),
    )
    op.create_table(
        "evidence_tile",
        sa.Column("level", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "level BETWEEN 0 AND 63 AND number >= 0", name=op.f("ck_evidence_tile_place_known")
        ),
        sa.CheckConstraint(
            "octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0",
            name=op.f("ck_evidence_tile_hashes_whole"),
        ),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_evidence_tile")),
    )


def _heads() -> None:
    op.create_table(
        "evidence_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_by", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_evidence_checkpoint_size_from_zero")),
        sa.CheckConstraint(
            "octet_length(root) = 32", name=op.f("ck_evidence_checkpoint_root_whole")
        ),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_evidence_checkpoint")),
    )
    op.create_table(
        "evidence_signer",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("seed_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "octet_length(public_key) = 32", name=op.f("ck_evidence_signer_public_key_whole")
        ),
        sa.CheckConstraint(
            "(seed_cipher IS NULL) = (retired_at IS NOT NULL)",
            name=op.f("ck_evidence_signer_retired_whole"),
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_evidence_signer")),
    )
