"""Machines write into the ledger of contacts, and she names her hours."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

KINDS = (
    "'attempt', 'connected', 'conversation', 'inbound_conversation', 'opt_out', 'cease', 'opt_in',"
    " 'notice'"
)
PURPOSES = (
    "'care', 'collection', 'community', 'greeting', 'marketing', 'opt_out_confirmation', 'plan',"
    " 'receipt', 'remedy_notice', 'reminder', 'reward', 'security'"
)
WORDS = "kind IN ('opt_out', 'cease', 'opt_in')"
# Every row there is was made by staff and has none of the new columns: nothing is to be looked at.
CHECKS = {
    "kind_is_known": f"kind IN ({KINDS})",
    "maker_is_known": "made_by IN ('staff', 'machine', 'borrower')",
    "staff_alone_have_an_id": "(made_by = 'staff') = (staff_id IS NOT NULL)",
    "machine_says_why": (
        "made_by <> 'machine' OR (kind = 'attempt'"
        " AND num_nulls(reference, purpose, occasion, rule_ids, zones) = 0"
        " AND num_nonnulls(note_cipher, contact) = 0)"
    ),
    "borrower_says_words": f"made_by <> 'borrower' OR {WORDS}",
    "purpose_is_known": f"purpose IN ({PURPOSES})",
}


def upgrade() -> None:
    op.add_column(
        "contact_entry",
        sa.Column("made_by", sa.Text(), server_default=sa.text("'staff'"), nullable=False),
    )
    for name in ("purpose", "occasion"):
        op.add_column("contact_entry", sa.Column(name, sa.Text(), nullable=True))
    for name in ("rule_ids", "zones"):
        op.add_column("contact_entry", sa.Column(name, postgresql.ARRAY(sa.Text())))
    op.alter_column("contact_entry", "staff_id", nullable=True)
    op.drop_constraint(op.f("ck_contact_entry_kind_is_known"), "contact_entry")
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_contact_entry_{name}"), "contact_entry", condition)
    op.create_index(
        "ix_contact_entry_words",
        "contact_entry",
        ["borrower_id"],
        postgresql_where=sa.text(f"{WORDS} OR purpose = 'opt_out_confirmation'"),
    )
    op.create_table(
        "contact_times",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column(
            "inconvenient", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column(
            "zones",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "jsonb_typeof(agreed) = 'array' AND jsonb_typeof(inconvenient) = 'array'",
            name=op.f("ck_contact_times_windows_are_lists"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_contact_times_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "since", name=op.f("pk_contact_times")),
    )
