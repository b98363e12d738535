"""Promises to pay, disputes, and waivers by agreement."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0019"
branch_labels = None
depends_on = None


PROMISE_STATES = "'open', 'kept', 'partly_kept', 'broken', 'withdrawn', 'lapsed'"


def upgrade() -> None:
    _waivers()
    _promises()


def _promises() -> None:
    op.create_table(
        "promise",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("not_counted", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_promise_amount_positive")),
        sa.CheckConstraint("paid_minor >= 0", name=op.f("ck_promise_paid_not_negative")),
        sa.CheckConstraint(
            "on_date BETWEEN made_on + 1 AND made_on + 30", name=op.f("ck_promise_day_within_limit")
        ),
        sa.CheckConstraint(f"state IN ({PROMISE_STATES})", name=op.f("ck_promise_state_is_known")),
        sa.CheckConstraint(
            "given_by IN ('app', 'phone')", name=op.f("ck_promise_given_by_is_known")
        ),
        sa.CheckConstraint(
            "(given_by = 'phone') = (recorded_by IS NOT NULL)",
            name=op.f("ck_promise_phone_has_staff"),
        ),
        sa.CheckConstraint(
            "state <> 'kept' OR paid_minor >= amount_minor", name=op.f("ck_promise_kept_is_paid")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_promise_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff_account.id"], name=op.f("fk_promise_recorded_by_staff_account")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_promise_borrower_id_loan_id_loan"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_promise")),
    )
    op.create_index(
        "uq_promise_open",
        "promise",
        ["borrower_id", "loan_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_promise_loan", "promise", ["borrower_id", "loan_id", "on_date"])
    op.create_index(
        "ix_promise_judged",
        "promise",
        ["borrower_id", "id"],
        postgresql_where=sa.text("state = 'open'"),
    )


def _waivers() -> None:
    op.create_table(
        "benefit_negotiation",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "months BETWEEN 1 AND 3", name=op.f("ck_benefit_negotiation_months_within_limit")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_benefit_negotiation_borrower_id_loan_id_loan"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "loan_id", name=op.f("pk_benefit_negotiation")),
    )
