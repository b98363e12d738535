"""The ledger of contacts between people and a borrower."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

CHANNELS = "'call', 'sms', 'push', 'email', 'visit'"
KINDS = (
    "'attempt', 'connected', 'conversation', 'inbound_conversation', 'opt_out', 'cease', 'notice'"
)
SPOKEN = "'asked_for_help', 'asked_for_time', 'disagrees', 'informed', 'promised'"
OUTCOMES = (
    "outcome IS NULL"
    " OR kind = 'attempt' AND outcome IN"
    " ('busy', 'message_left', 'no_answer', 'not_delivered', 'sent')"
    " OR kind = 'connected' AND outcome IN ('call_later', 'hung_up', 'other_person')"
    f" OR kind = 'conversation' AND outcome IN ({SPOKEN})"
    f" OR kind = 'inbound_conversation' AND outcome IN ({SPOKEN})"
    " OR kind = 'notice' AND outcome IN ('not_delivered', 'sent')"
)


def upgrade() -> None:
    op.create_table(
        "contact_entry",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("note_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            f"channel IN ({CHANNELS})", name=op.f("ck_contact_entry_channel_is_known")
        ),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_contact_entry_kind_is_known")),
        sa.CheckConstraint(
            "actor IN ('lender', 'agency')", name=op.f("ck_contact_entry_actor_is_known")
        ),
        sa.CheckConstraint(OUTCOMES, name=op.f("ck_contact_entry_outcome_fits_kind")),
        sa.CheckConstraint(
            "contact !~ '([0-9][^0-9]*){4}'", name=op.f("ck_contact_entry_contact_is_no_number")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_contact_entry_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_contact_entry_borrower_id_loan_id_loan"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_account.id"],
            name=op.f("fk_contact_entry_staff_id_staff_account"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_contact_entry")),
        sa.UniqueConstraint(
            "borrower_id", "reference", name=op.f("uq_contact_entry_borrower_id_reference")
        ),
    )
    op.create_index(
        "ix_contact_entry_borrower_id_at_id", "contact_entry", ["borrower_id", "at", "id"]
    )
