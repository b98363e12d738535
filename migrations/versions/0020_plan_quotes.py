"""Priced and signed repayment options; what a product's schedules are reckoned by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
KINDS = (
    "'move_due_day', 'longer_term', 'lower_rate', 'skip', 're_amortize', 'waive_penalty',"
    " 'token_payment', 'convert'"
)


def upgrade() -> None:
    _schedule_settings()
    _quotes()


def _schedule_settings() -> None:
    op.add_column(
        "loan_product",
        sa.Column(
            "method", sa.Text(), server_default=sa.text("'equal_installment'"), nullable=False
        ),
    )
    op.add_column(
        "loan_product",
        sa.Column("day_count", sa.Text(), server_default=sa.text("'30/360'"), nullable=False),
    )
    op.add_column(
        "loan_product",
        sa.Column(
            "installment_multiple_minor",
            sa.BigInteger(),
            server_default=sa.text("1"),
            nullable=False,
        ),
    )
    op.add_column(
        "loan_product",
        sa.Column(
            "recalculate_interest", sa.Text(), server_default=sa.text("'none'"), nullable=False
        ),
    )
    op.add_column("loan_product", sa.Column("plan_rate", sa.Numeric(), nullable=True))
    op.add_column(
        "loan_product",
        sa.Column(
            "assumed",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    for name, condition in (
        ("method_known", "method IN ('equal_installment', 'equal_principal', 'flat')"),
        ("day_count_known", "day_count IN ('30/360', 'act/365', 'act/act')"),
        ("multiple_positive", "installment_multiple_minor > 0"),
        ("recalculation_known", "recalculate_interest IN ('none', 'daily')"),
        ("plan_rate_within_bounds", "plan_rate BETWEEN 0 AND 10"),
    ):
        op.create_check_constraint(op.f(f"ck_loan_product_{name}"), "loan_product", condition)


def _quotes() -> None:
    op.create_table(
        "plan_quote",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("loan_external_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("rows", JSONB, nullable=False),
        sa.Column("waivers", JSONB, nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("rows_hash", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("first_installment_minor", sa.BigInteger(), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=True),
        sa.Column("total_cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("versus_now_minor", sa.BigInteger(), nullable=False),
        sa.Column("versus_payoff_minor", sa.BigInteger(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("rounding", sa.Text(), nullable=False),
        sa.Column("effects", JSONB, nullable=False),
        sa.Column("quoted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_plan_quote_kind_is_known")),
        sa.CheckConstraint(
            "source IN ('borrower', 'staff')", name=op.f("ck_plan_quote_source_is_known")
        ),
        sa.CheckConstraint(
            "rounding IN ('half_up', 'half_even')", name=op.f("ck_plan_quote_rounding_known")
        ),
        sa.CheckConstraint("basis ~ '^[0-9a-f]{64}$'", name=op.f("ck_plan_quote_basis_is_sha256")),
        sa.CheckConstraint(
            "rows_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_plan_quote_rows_hash_is_sha256")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(rows) = 'array' AND jsonb_typeof(waivers) = 'array'",
            name=op.f("ck_plan_quote_rows_and_waivers_are_lists"),
        ),
        sa.CheckConstraint(
            "(kind = 'waive_penalty') = (rows = '[]'::jsonb)",
            name=op.f("ck_plan_quote_schedule_unless_waiver"),
        ),
        sa.CheckConstraint(
            "(kind = 'waive_penalty') = (waivers <> '[]'::jsonb)",
            name=op.f("ck_plan_quote_waivers_where_waived"),
        ),
        sa.CheckConstraint(
            "least(first_installment_minor, total_cost_minor) >= 0",
            name=op.f("ck_plan_quote_amounts_not_negative"),
        ),
        sa.CheckConstraint(
            "expires_at > quoted_at", name=op.f("ck_plan_quote_ends_after_it_was_made")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_plan_quote_borrower_id_loan_id_loan"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_plan_quote")),
    )
    op.create_index(
        "ix_plan_quote_loan", "plan_quote", ["borrower_id", "loan_id", sa.text("quoted_at DESC")]
    )
    op.create_index("ix_plan_quote_expires_at", "plan_quote", ["expires_at"])
