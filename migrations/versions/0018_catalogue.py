"""The catalogue with its redemptions and voucher codes; referrals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _catalogue()
    _codes()
    _referrals()


def _catalogue() -> None:
    op.create_table(
        "catalogue_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("price_points", sa.BigInteger(), nullable=False),
        sa.Column("limit_each", sa.BigInteger(), nullable=True),
        sa.Column("audience", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stock_total", sa.BigInteger(), nullable=True),
        sa.Column("stock_left", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("edits", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind <> 'voucher' OR stock_total IS NOT NULL",
            name=op.f("ck_catalogue_item_voucher_has_stock"),
        ),
        sa.CheckConstraint(
            "kind IN ('voucher', 'physical_gift', 'lesson', 'donation')",
            name=op.f("ck_catalogue_item_kind_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'live', 'retired')", name=op.f("ck_catalogue_item_state_known")
        ),
        sa.CheckConstraint(
            "(stock_total IS NULL) = (stock_left IS NULL)",
            name=op.f("ck_catalogue_item_stock_is_whole"),
        ),
        sa.CheckConstraint("limit_each > 0", name=op.f("ck_catalogue_item_limit_positive")),
        sa.CheckConstraint("price_points > 0", name=op.f("ck_catalogue_item_price_positive")),
        sa.CheckConstraint(
            "stock_left BETWEEN 0 AND stock_total", name=op.f("ck_catalogue_item_never_oversold")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["staff_account.id"],
            name=op.f("fk_catalogue_item_created_by_staff_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_item")),
        sa.UniqueConstraint("code", name=op.f("uq_catalogue_item_code")),
    )
    op.create_index(
        "ix_catalogue_item_live",
        "catalogue_item",
        ["price_points", "id"],
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_table(
        "redemption",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("hold_number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("address_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("tracking", sa.Text(), nullable=True),
        sa.Column("ending", sa.Text(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state IN ('cancelled', 'failed')) = (ending IS NOT NULL)",
            name=op.f("ck_redemption_ended_why"),
        ),
        sa.CheckConstraint(
            "ending IN ('by_borrower', 'by_staff', 'not_claimed')",
            name=op.f("ck_redemption_ending_is_known"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'confirmed', 'issued', 'shipped', 'completed', 'cancelled',"
            " 'failed')",
            name=op.f("ck_redemption_state_is_known"),
        ),
        sa.CheckConstraint(
            "quantity > 0 AND points > 0", name=op.f("ck_redemption_amounts_positive")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "hold_number"],
            ["points_hold.borrower_id", "points_hold.number"],
            name=op.f("fk_redemption_borrower_id_hold_number_points_hold"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_redemption_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["catalogue_item.id"], name=op.f("fk_redemption_item_id_catalogue_item")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_redemption")),
    )
    op.create_index(
        "ix_redemption_deadline",
        "redemption",
        ["deadline_at"],
        postgresql_where=sa.text("state IN ('requested', 'confirmed')"),
    )
    op.create_index("ix_redemption_item", "redemption", ["item_id", "borrower_id"])
    op.create_index("ix_redemption_queue", "redemption", ["state", "requested_at", "id"])


def _codes() -> None:
    op.create_table(
        "voucher_code",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_name", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=True),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(borrower_id IS NULL) = (redemption_id IS NULL)",
            name=op.f("ck_voucher_code_drawn_whole"),
        ),
        sa.CheckConstraint(
            "revealed_at IS NULL OR redemption_id IS NOT NULL",
            name=op.f("ck_voucher_code_revealed_to_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "redemption_id"],
            ["redemption.borrower_id", "redemption.id"],
            name=op.f("fk_voucher_code_borrower_id_redemption_id_redemption"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["catalogue_item.id"], name=op.f("fk_voucher_code_item_id_catalogue_item")
        ),
        sa.PrimaryKeyConstraint("item_id", "id", name=op.f("pk_voucher_code")),
        sa.UniqueConstraint("item_id", "code_hash", name=op.f("uq_voucher_code_item_id_code_hash")),
    )
    op.create_index("ix_voucher_code_drawn", "voucher_code", ["borrower_id", "redemption_id"])
    op.create_index(
        "ix_voucher_code_free",
        "voucher_code",
        ["item_id", "valid_until", "id"],
        postgresql_where=sa.text("redemption_id IS NULL"),
    )


def _referrals() -> None:
    op.create_table(
        "referral_code",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_referral_code_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", name=op.f("pk_referral_code")),
    )
    op.create_table(
        "referral_code_lookup",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["referral_code.borrower_id"],
            name=op.f("fk_referral_code_lookup_borrower_id_referral_code"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_referral_code_lookup")),
    )
    op.create_table(
        "referral",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referrer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("signals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_loan_id", sa.Uuid(), nullable=True),
        sa.Column("kept_number", sa.BigInteger(), nullable=True),
        sa.Column("kept_on", sa.Date(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state <> 'confirmed' OR confirmed_at IS NOT NULL",
            name=op.f("ck_referral_confirmed_when"),
        ),
        sa.CheckConstraint(
            "state <> 'rejected' OR decided_by IS NOT NULL", name=op.f("ck_referral_rejected_by")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'in_review', 'confirmed', 'rejected', 'lapsed')",
            name=op.f("ck_referral_state_is_known"),
        ),
        sa.CheckConstraint("borrower_id <> referrer_id", name=op.f("ck_referral_no_self_referral")),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_referral_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff_account.id"], name=op.f("fk_referral_decided_by_staff_account")
        ),
        sa.ForeignKeyConstraint(
            ["referrer_id"], ["borrower.id"], name=op.f("fk_referral_referrer_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", name=op.f("pk_referral")),
    )
    op.create_index("ix_referral_referrer", "referral", ["referrer_id", "id"])
    op.create_index(
        "ix_referral_review",
        "referral",
        ["accepted_at", "id"],
        postgresql_where=sa.text("state = 'in_review'"),
    )
    op.create_index(
        "ix_referral_waiting",
        "referral",
        ["accepted_on"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
