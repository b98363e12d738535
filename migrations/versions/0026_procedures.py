"""Cases that may end the programme for somebody."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "procedure_occasion",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrower.id"],
            name=op.f("fk_procedure_occasion_borrower_id_borrower"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "document_id", name=op.f("pk_procedure_occasion")),
    )
    op.create_table(
        "procedure",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("proof", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notice_channel", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("reply_until_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terminated_by", sa.Uuid(), nullable=True),
        sa.Column("terminated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_enrolment", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "(ground = 'forged_proof') = (document_id IS NOT NULL)",
            name=op.f("ck_procedure_forgery_has_document"),
        ),
        sa.CheckConstraint(
            "(state = 'terminated') <= (terminated_at IS NOT NULL)",
            name=op.f("ck_procedure_terminated_when"),
        ),
        sa.CheckConstraint(
            "ground IN ('silence', 'forged_proof')", name=op.f("ck_procedure_ground_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('notice_sent', 'replied', 'upheld', 'dismissed', 'terminated', 'withdrawn')",
            name=op.f("ck_procedure_state_is_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('upheld', 'terminated') OR decided_by IS NOT NULL",
            name=op.f("ck_procedure_upheld_by_somebody"),
        ),
        sa.CheckConstraint("decided_by <> opened_by", name=op.f("ck_procedure_decided_by_another")),
        sa.CheckConstraint("lifted_by <> decided_by", name=op.f("ck_procedure_lifted_by_another")),
        sa.CheckConstraint(
            "reply_until_on >= opened_on + 14", name=op.f("ck_procedure_two_weeks_to_reply")
        ),
        sa.CheckConstraint(
            "terminated_by <> opened_by", name=op.f("ck_procedure_terminated_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "document_id"],
            ["procedure_occasion.borrower_id", "procedure_occasion.document_id"],
            name="fk_procedure_occasion",
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_procedure_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff_account.id"], name=op.f("fk_procedure_decided_by_staff_account")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["staff_account.id"], name=op.f("fk_procedure_lifted_by_staff_account")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["staff_account.id"], name=op.f("fk_procedure_opened_by_staff_account")
        ),
        sa.ForeignKeyConstraint(
            ["terminated_by"],
            ["staff_account.id"],
            name=op.f("fk_procedure_terminated_by_staff_account"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_procedure")),
        sa.UniqueConstraint(
            "borrower_id", "document_id", name=op.f("uq_procedure_borrower_id_document_id")
        ),
    )
    op.create_index(
        "ix_procedure_open",
        "procedure",
        ["opened_at", "id"],
        postgresql_where=sa.text("state IN ('notice_sent', 'replied', 'upheld')"),
    )
    op.create_index(
        "ix_procedure_state_opened_at_id", "procedure", ["state", "opened_at", "id"], unique=False
    )
    op.create_index(
        "uq_procedure_open",
        "procedure",
        ["borrower_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('notice_sent', 'replied', 'upheld')"),
    )
    op.create_table(
        "procedure_hand_over",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("file_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "octet_length(sha256) = 32", name=op.f("ck_procedure_hand_over_hash_is_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "procedure_id"],
            ["procedure.borrower_id", "procedure.id"],
            name=op.f("fk_procedure_hand_over_borrower_id_procedure_id_procedure"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "procedure_id", name=op.f("pk_procedure_hand_over")),
    )
    op.create_table(
        "procedure_reply",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("text_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("document_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id", "procedure_id"],
            ["procedure.borrower_id", "procedure.id"],
            name=op.f("fk_procedure_reply_borrower_id_procedure_id_procedure"),
        ),
        sa.PrimaryKeyConstraint(
            "borrower_id", "procedure_id", "number", name=op.f("pk_procedure_reply")
        ),
    )
    op.create_table(
        "procedure_step",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id", "procedure_id"],
            ["procedure.borrower_id", "procedure.id"],
            name=op.f("fk_procedure_step_borrower_id_procedure_id_procedure"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_account.id"],
            name=op.f("fk_procedure_step_staff_id_staff_account"),
        ),
        sa.PrimaryKeyConstraint(
            "borrower_id", "procedure_id", "number", name=op.f("pk_procedure_step")
        ),
    )
