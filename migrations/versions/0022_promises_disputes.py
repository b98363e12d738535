"""Promises to pay, disputes, and waivers by agreement."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


PROMISE_STATES = "'open', 'kept', 'partly_kept', 'broken', 'withdrawn', 'lapsed'"


def upgrade() -> None:
    _waivers()
    _promises()
    _disputes()


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
        postgresql_where=sa.text("state NOT IN ('withdrawn', 'lapsed')"),
    )


ABOUTS = "'amount', 'fee', 'penalty', 'payment_missing', 'not_my_debt', 'identity', 'other'"
OPEN = "'submitted', 'under_review', 'info_requested'"
DECIDED = "'partly_upheld', 'rejected', 'upheld'"


def _disputes() -> None:
    op.create_table(
        "disputed_adjustment",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("adjustment_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id", "adjustment_id"],
            ["adjustment.borrower_id", "adjustment.id"],
            name=op.f("fk_disputed_adjustment_borrower_id_adjustment_id_adjustment"),
        ),
        sa.PrimaryKeyConstraint(
            "borrower_id", "adjustment_id", "cause", name=op.f("pk_disputed_adjustment")
        ),
    )
    op.create_table(
        "dispute",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("adjustment_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "grounds", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("waived_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("correction_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(f"about IN ({ABOUTS})", name=op.f("ck_dispute_about_is_known")),
        sa.CheckConstraint(
            f"state IN ({OPEN}, {DECIDED}, 'withdrawn')", name=op.f("ck_dispute_state_is_known")
        ),
        sa.CheckConstraint(
            f"(state IN ({DECIDED})) = (decided_by IS NOT NULL)",
            name=op.f("ck_dispute_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            f"(state IN ({OPEN})) = (ended_at IS NULL)", name=op.f("ck_dispute_ended_when")
        ),
        sa.CheckConstraint(
            "adjustment_id IS NULL OR payment_id IS NULL",
            name=op.f("ck_dispute_names_one_thing"),
        ),
        sa.CheckConstraint(
            "least(waived_minor, correction_minor) >= 0",
            name=op.f("ck_dispute_amounts_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_dispute_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["staff_account.id"], name=op.f("fk_dispute_taken_by_staff_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff_account.id"], name=op.f("fk_dispute_decided_by_staff_account")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_dispute_borrower_id_loan_id_loan"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "adjustment_id"],
            ["adjustment.borrower_id", "adjustment.id"],
            name="fk_dispute_adjustment",
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "payment_id"],
            ["payment.borrower_id", "payment.id"],
            name="fk_dispute_payment",
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_dispute")),
    )
    is_open = sa.text(f"state IN ({OPEN})")
    op.create_index(
        "uq_dispute_open",
        "dispute",
        ["borrower_id", "loan_id", "matter"],
        unique=True,
        postgresql_where=is_open,
    )
    op.create_index(
        "uq_dispute_mended",
        "dispute",
        ["borrower_id", "adjustment_id"],
        unique=True,
        postgresql_where=sa.text("adjustment_id IS NOT NULL AND state = 'upheld'"),
    )
    op.create_index("ix_dispute_queue", "dispute", ["due_on", "id"], postgresql_where=is_open)
    op.create_table(
        "dispute_step",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("words_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_dispute_step_number_from_one")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_account.id"], name=op.f("fk_dispute_step_staff_id_staff_account")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "dispute_id"],
            ["dispute.borrower_id", "dispute.id"],
            name=op.f("fk_dispute_step_borrower_id_dispute_id_dispute"),
        ),
        sa.PrimaryKeyConstraint(
            "borrower_id", "dispute_id", "number", name=op.f("pk_dispute_step")
        ),
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
    _waiver_requests()


REASONS = (
    "'job_loss', 'income_cut', 'illness', 'bereavement', 'caring', 'separation', 'violence',"
    " 'disaster', 'fraud_victim', 'business_failure', 'study', 'parental_leave', 'other'"
)


def _waiver_requests() -> None:
    op.create_table(
        "waiver_request",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("why_a_person", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("months_at_once", sa.SmallInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("waived_minor", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column(
            "grounds", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("answer_cipher", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            f"reason IN ({REASONS})", name=op.f("ck_waiver_request_reason_is_known")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'rejected', 'withdrawn')",
            name=op.f("ck_waiver_request_state_is_known"),
        ),
        sa.CheckConstraint(
            "months BETWEEN 1 AND 3", name=op.f("ck_waiver_request_months_within_limit")
        ),
        sa.CheckConstraint(
            "(state IN ('approved', 'rejected') AND NOT is_automatic) = (decided_by IS NOT NULL)",
            name=op.f("ck_waiver_request_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "NOT is_automatic OR state = 'approved'",
            name=op.f("ck_waiver_request_rule_only_approves"),
        ),
        sa.CheckConstraint(
            "(state = 'rejected') = (cardinality(grounds) > 0)",
            name=op.f("ck_waiver_request_rejected_on_grounds"),
        ),
        sa.CheckConstraint(
            "(state = 'approved') = (waived_minor > 0)",
            name=op.f("ck_waiver_request_approved_is_waived"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_waiver_request_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff_account.id"],
            name=op.f("fk_waiver_request_decided_by_staff_account"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_waiver_request_borrower_id_loan_id_loan"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_waiver_request")),
    )
    for state in ("open", "approved"):
        op.create_index(
            f"uq_waiver_request_{state}",
            "waiver_request",
            ["borrower_id", "loan_id"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.create_index(
        "ix_waiver_request_queue",
        "waiver_request",
        ["due_on", "id"],
        postgresql_where=sa.text("state = 'open'"),
    )
