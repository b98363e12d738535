"""loans: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "loan_product",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "allocation_order",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{penalty,fee,interest,principal}'"),
            nullable=False,
        ),
        sa.Column("rounding", sa.Text(), server_default=sa.text("'half_up'"), nullable=False),
        sa.Column("grace_days", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("regime", sa.Text(), nullable=True),
        sa.CheckConstraint("regime IN ('CN', 'US')", name=op.f("ck_loan_product_regime_known")),
        sa.CheckConstraint(
            "rounding IN ('half_up', 'half_even')", name=op.f("ck_loan_product_rounding_known")
        ),
        sa.CheckConstraint(
            "grace_days BETWEEN 0 AND 3", name=op.f("ck_loan_product_grace_within_bounds")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_loan_product")),
    )
    op.create_table(
        "loan",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=True),
        sa.Column("credit_limit_minor", sa.BigInteger(), nullable=True),
        sa.Column("annual_rate", sa.Numeric(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("dpd_source", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("stale", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "outstanding_principal_minor",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "outstanding_interest_minor",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "outstanding_fee_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "outstanding_penalty_minor",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
        ),
        sa.Column(
            "outstanding_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("paid_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "ratio_basis_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("next_number", sa.BigInteger(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("next_amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("next_minimum_minor", sa.BigInteger(), nullable=True),
        sa.Column("next_assumed", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("oldest_unpaid_due_on", sa.Date(), nullable=True),
        sa.Column("last_payment_on", sa.Date(), nullable=True),
        sa.Column("reported_dpd", sa.BigInteger(), nullable=True),
        sa.Column("reported_as_of", sa.Date(), nullable=True),
        sa.Column("reported_activity", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "dpd_source IN ('computed', 'reported')", name=op.f("ck_loan_dpd_source_known")
        ),
        sa.CheckConstraint(
            "kind = 'installment' OR dpd_source = 'reported'",
            name=op.f("ck_loan_revolving_is_reported"),
        ),
        sa.CheckConstraint("kind IN ('installment', 'revolving')", name=op.f("ck_loan_kind_known")),
        sa.CheckConstraint(
            "status IN ('active', 'closed', 'written_off')", name=op.f("ck_loan_status_known")
        ),
        sa.CheckConstraint("annual_rate >= 0", name=op.f("ck_loan_rate_not_negative")),
        sa.CheckConstraint("credit_limit_minor >= 0", name=op.f("ck_loan_limit_not_negative")),
        sa.CheckConstraint(
            "least(outstanding_principal_minor, outstanding_interest_minor, "
            "outstanding_fee_minor, outstanding_penalty_minor, paid_minor, credit_minor) "
            ">= 0",
            name=op.f("ck_loan_amounts_not_negative"),
        ),
        sa.CheckConstraint(
            "outstanding_minor = outstanding_principal_minor + "
            "outstanding_interest_minor + outstanding_fee_minor + "
            "outstanding_penalty_minor",
            name=op.f("ck_loan_outstanding_is_its_parts"),
        ),
        sa.CheckConstraint("principal_minor >= 0", name=op.f("ck_loan_principal_not_negative")),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_loan_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["product_code"], ["loan_product.code"], name=op.f("fk_loan_product_code_loan_product")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_loan")),
    )
    op.create_index(
        "ix_loan_stale", "loan", ["borrower_id"], unique=False, postgresql_where=sa.text("stale")
    )
    op.create_table(
        "adjustment",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("period", sa.Date(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'waiver') = (period IS NOT NULL)", name=op.f("ck_adjustment_waiver_has_period")
        ),
        sa.CheckConstraint(
            "kind IN ('fee', 'penalty', 'waiver')", name=op.f("ck_adjustment_kind_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_adjustment_amount_positive")),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_adjustment_borrower_id_loan_id_loan"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_adjustment")),
    )
    op.create_index(
        "ix_adjustment_loan",
        "adjustment",
        ["borrower_id", "loan_id", "on_date", "id"],
        unique=False,
    )
    op.create_index(
        "uq_adjustment_waiver_period",
        "adjustment",
        ["borrower_id", "loan_id", "period"],
        unique=True,
        postgresql_where=sa.text("kind = 'waiver'"),
    )
    op.create_table(
        "delinquency",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("days_past_due", sa.BigInteger(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "activity IN ('paid', 'carried', 'none')", name=op.f("ck_delinquency_activity_known")
        ),
        sa.CheckConstraint("days_past_due >= 0", name=op.f("ck_delinquency_days_not_negative")),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_delinquency_borrower_id_loan_id_loan"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "loan_id", "as_of", name=op.f("pk_delinquency")),
    )
    op.create_table(
        "installment",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("penalty_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "least(principal_minor, interest_minor, fee_minor, penalty_minor, paid_minor,"
            " open_minor) >= 0",
            name=op.f("ck_installment_amounts_not_negative"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_installment_number_from_one")),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_installment_borrower_id_loan_id_loan"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "loan_id", "number", name=op.f("pk_installment")),
    )
    op.create_index(
        "ix_installment_unannounced",
        "installment",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text(
            "missed_at IS NULL AND (paid_on IS NULL OR paid_on > due_on) AND "
            "principal_minor + interest_minor + fee_minor > 0"
        ),
    )
    op.create_table(
        "payment",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("date_precision", sa.Text(), nullable=False),
        sa.Column("reversed_on", sa.Date(), nullable=True),
        sa.Column("reversal_reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "date_precision IN ('day', 'month')", name=op.f("ck_payment_precision_known")
        ),
        sa.CheckConstraint(
            "(reversed_on IS NULL) = (reversal_reason IS NULL)",
            name=op.f("ck_payment_reversal_has_reason"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_amount_positive")),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_payment_borrower_id_loan_id_loan"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_payment")),
    )
    op.create_index(
        "ix_payment_loan", "payment", ["borrower_id", "loan_id", "received_on", "id"], unique=False
    )
    op.create_table(
        "statement",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("minimum_due_minor", sa.BigInteger(), nullable=True),
        sa.Column("date_precision", sa.Text(), nullable=False),
        sa.Column(
            "assumed", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "date_precision IN ('day', 'month')", name=op.f("ck_statement_precision_known")
        ),
        sa.CheckConstraint("due_on >= closed_on", name=op.f("ck_statement_due_after_close")),
        sa.CheckConstraint(
            "extract(day FROM month) = 1", name=op.f("ck_statement_month_is_first_day")
        ),
        sa.CheckConstraint(
            "minimum_due_minor >= 0", name=op.f("ck_statement_minimum_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_statement_borrower_id_loan_id_loan"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "loan_id", "month", name=op.f("pk_statement")),
    )
