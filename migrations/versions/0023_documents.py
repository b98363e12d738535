"""Documents: sealed, scanned, checked by a person."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

DOCUMENT_KIND_IS_KNOWN = (
    "'proof_of_income', 'job_loss', 'medical', 'death_certificate', 'care', "
    "'separation', 'police_report', 'disaster', 'study', 'parental_leave', 'business', "
    "'other'"
)
DOCUMENT_STATE_IS_KNOWN = "'received', 'verified', 'not_verified', 'suspected', 'forged'"


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("issuer_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("period_from_on", sa.Date(), nullable=True),
        sa.Column("period_to_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scan", sa.Text(), nullable=False),
        sa.Column("scan_attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("scan_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            f"kind IN ({DOCUMENT_KIND_IS_KNOWN})", name=op.f("ck_document_kind_is_known")
        ),
        sa.CheckConstraint(
            "media_type IN ('application/pdf', 'image/jpeg', 'image/png')",
            name=op.f("ck_document_media_type_is_known"),
        ),
        sa.CheckConstraint(
            "scan IN ('waiting', 'clean', 'infected', 'failed', 'not_configured')",
            name=op.f("ck_document_scan_is_known"),
        ),
        sa.CheckConstraint(
            f"state IN ({DOCUMENT_STATE_IS_KNOWN})", name=op.f("ck_document_state_is_known")
        ),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_document_hash_is_sha256")),
        sa.CheckConstraint(
            "period_from_on <= period_to_on", name=op.f("ck_document_period_in_order")
        ),
        sa.CheckConstraint(
            "size_bytes BETWEEN 1 AND 10485760", name=op.f("ck_document_size_bounded")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_document_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_document")),
        sa.UniqueConstraint("borrower_id", "sha256", name=op.f("uq_document_borrower_id_sha256")),
    )
    op.create_index(
        "ix_document_to_scan",
        "document",
        ["scan_due_at"],
        unique=False,
        postgresql_where=sa.text("scan IN ('waiting', 'failed', 'not_configured')"),
    )
    op.create_table(
        "document_content",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("key_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id", "document_id"],
            ["document.borrower_id", "document.id"],
            name=op.f("fk_document_content_borrower_id_document_id_document"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "document_id", name=op.f("pk_document_content")),
    )
    op.create_table(
        "document_suspicion",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("grounds_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("suspected_by", sa.Uuid(), nullable=False),
        sa.Column("suspected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_until_on", sa.Date(), nullable=False),
        sa.Column("reply_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'suspected') = (decided_at IS NULL)",
            name=op.f("ck_document_suspicion_decided_when"),
        ),
        sa.CheckConstraint(
            "state IN ('suspected', 'upheld', 'dismissed')",
            name=op.f("ck_document_suspicion_state_is_known"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_document_suspicion_decided_by_whom"),
        ),
        sa.CheckConstraint(
            "(replied_at IS NULL) = (reply_cipher IS NULL)",
            name=op.f("ck_document_suspicion_replied_when"),
        ),
        sa.CheckConstraint(
            "decided_by <> suspected_by", name=op.f("ck_document_suspicion_four_eyes")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "document_id"],
            ["document.borrower_id", "document.id"],
            name=op.f("fk_document_suspicion_borrower_id_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff_account.id"],
            name=op.f("fk_document_suspicion_decided_by_staff_account"),
        ),
        sa.ForeignKeyConstraint(
            ["suspected_by"],
            ["staff_account.id"],
            name=op.f("fk_document_suspicion_suspected_by_staff_account"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_document_suspicion")),
    )
    op.create_index(
        "ix_document_suspicion_document",
        "document_suspicion",
        ["borrower_id", "document_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_document_suspicion_open",
        "document_suspicion",
        ["borrower_id", "document_id"],
        unique=True,
        postgresql_where=sa.text("state = 'suspected'"),
    )
    op.create_table(
        "document_use",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("used_for", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id", "document_id"],
            ["document.borrower_id", "document.id"],
            name=op.f("fk_document_use_borrower_id_document_id_document"),
        ),
        sa.PrimaryKeyConstraint(
            "borrower_id", "document_id", "used_for", name=op.f("pk_document_use")
        ),
    )
    op.create_index(
        "ix_document_use_purpose", "document_use", ["borrower_id", "used_for"], unique=False
    )
    op.create_table(
        "document_verification",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("issuer_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("period_from_on", sa.Date(), nullable=True),
        sa.Column("period_to_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome <> 'verified' OR expires_on IS NOT NULL",
            name=op.f("ck_document_verification_verified_until"),
        ),
        sa.CheckConstraint(
            "outcome <> 'verified' OR issuer_cipher IS NOT NULL",
            name=op.f("ck_document_verification_verified_by"),
        ),
        sa.CheckConstraint(
            "outcome IN ('verified', 'not_verified', 'forged')",
            name=op.f("ck_document_verification_outcome_is_known"),
        ),
        sa.CheckConstraint(
            "period_from_on <= period_to_on", name=op.f("ck_document_verification_period_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "document_id"],
            ["document.borrower_id", "document.id"],
            name=op.f("fk_document_verification_borrower_id_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"],
            ["staff_account.id"],
            name=op.f("fk_document_verification_checked_by_staff_account"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_document_verification")),
    )
    op.create_index(
        "ix_document_verification_document",
        "document_verification",
        ["borrower_id", "document_id", "id"],
        unique=False,
    )
    # Sealed bytes do not compress.
    op.execute("ALTER TABLE document_content ALTER content SET STORAGE EXTERNAL")
