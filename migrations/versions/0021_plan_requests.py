"""Requests for repayment plans with their moves; waivers that offset one disputed penalty."""

import json
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

POLICY = Path(__file__).parent.parent / "default_plan_policy_1.json"
BADGE = Path(__file__).parent.parent / "default_badge_first_step.json"
FROM = datetime(2000, 1, 1, tzinfo=UTC)
JSONB = postgresql.JSONB(astext_type=sa.Text())
ADDED_ONLY = ("plan_state_change", "plan_decision")
FINAL = "'completed', 'terminated', 'rejected', 'withdrawn', 'expired'"
AGREED = (
    "'accepted', 'cooling_off', 'awaiting_core', 'core_differs', 'active', 'breached', 'cured',"
    " 'completed'"
)
STATES = (
    "'draft', 'submitted', 'info_requested', 'under_review', 'offered', 'accepted', 'cooling_off',"
    " 'awaiting_core', 'active', 'completed', 'breached', 'cured', 'terminated', 'rejected',"
    " 'withdrawn', 'expired', 'appealed', 'core_differs'"
)
REASONS = (
    "'job_loss', 'income_cut', 'illness', 'bereavement', 'caring', 'separation', 'violence',"
    " 'disaster', 'fraud_victim', 'business_failure', 'study', 'parental_leave', 'other'"
)


def upgrade() -> None:
    _policies()
    _requests()
    _decisions()
    _freezes()
    _kept()
    _lookups()
    _changes()
    _offsets()
    _added_only()
    _asked_first()
    _first_step()


def _policies() -> None:
    table = op.create_table(
        "plan_policy",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)",
            name=op.f("ck_plan_policy_published_when"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR version = 1 OR publisher_id IS NOT NULL",
            name=op.f("ck_plan_policy_published_by"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published')", name=op.f("ck_plan_policy_state_known")
        ),
        sa.CheckConstraint("author_id <> publisher_id", name=op.f("ck_plan_policy_four_eyes")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_plan_policy")),
    )
    op.bulk_insert(
        table,
        [
            {
                "version": 1,
                "state": "published",
                "document": json.loads(POLICY.read_text()),
                "note": "Limits of automatic approval as shipped.",
                "author_id": None,
                "created_at": FROM,
                "publisher_id": None,
                "published_at": FROM,
            }
        ],
    )


def _requests() -> None:
    op.create_table(
        "plan_request",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("document_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("asked_before_miss", sa.Boolean(), nullable=False),
        sa.Column("review_reasons", JSONB, nullable=False),
        sa.Column("policy_version", sa.BigInteger(), nullable=False),
        sa.Column("tier_rank", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("relief_since_on", sa.Date(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("cooling_off_until_on", sa.Date(), nullable=True),
        sa.Column("old_rows", JSONB, nullable=True),
        sa.Column("booked_loan_id", sa.Uuid(), nullable=True),
        sa.Column("reoffered_on", sa.Date(), nullable=True),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_plan_request_reason_is_known")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_plan_request_state_is_known")),
        sa.CheckConstraint(
            f"state NOT IN ({AGREED}) OR accepted_at IS NOT NULL",
            name=op.f("ck_plan_request_agreed_before_booked"),
        ),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (agreed_on IS NULL)"
            " AND (accepted_at IS NULL) = (old_rows IS NULL)",
            name=op.f("ck_plan_request_accepted_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "booked_loan_id"],
            ["loan.borrower_id", "loan.id"],
            name="fk_plan_request_booked_loan",
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_plan_request_borrower_id_loan_id_loan"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "quote_id"],
            ["plan_quote.borrower_id", "plan_quote.id"],
            name=op.f("fk_plan_request_borrower_id_quote_id_plan_quote"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_plan_request_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_plan_request")),
    )
    op.create_index(
        "ix_plan_request_queue",
        "plan_request",
        ["state", "due_on", "tier_rank", "requested_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_plan_request_open_loan",
        "plan_request",
        ["borrower_id", "loan_id"],
        unique=True,
        postgresql_where=sa.text(f"state NOT IN ({FINAL})"),
    )


def _decisions() -> None:
    op.create_table(
        "plan_decision",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("is_appeal", sa.Boolean(), nullable=False),
        sa.Column("rejected_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(reasons) = 'array' AND jsonb_array_length(reasons) > 0",
            name=op.f("ck_plan_decision_reasons_given"),
        ),
        sa.CheckConstraint(
            "outcome IN ('approve', 'reject', 'request_info', 'counter_offer')",
            name=op.f("ck_plan_decision_outcome_is_known"),
        ),
        sa.CheckConstraint(
            "decided_by <> rejected_by", name=op.f("ck_plan_decision_appeal_by_another")
        ),
        sa.CheckConstraint(
            "is_appeal = (rejected_by IS NOT NULL)", name=op.f("ck_plan_decision_appeal_is_whole")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "request_id"],
            ["plan_request.borrower_id", "plan_request.id"],
            name=op.f("fk_plan_decision_borrower_id_request_id_plan_request"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff_account.id"],
            name=op.f("fk_plan_decision_decided_by_staff_account"),
        ),
        sa.PrimaryKeyConstraint(
            "borrower_id", "request_id", "number", name=op.f("pk_plan_decision")
        ),
    )


def _freezes() -> None:
    op.create_table(
        "plan_freeze",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_plan_freeze_ends_after_it_began")),
        sa.ForeignKeyConstraint(
            ["borrower_id", "loan_id"],
            ["loan.borrower_id", "loan.id"],
            name=op.f("fk_plan_freeze_borrower_id_loan_id_loan"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "request_id"],
            ["plan_request.borrower_id", "plan_request.id"],
            name=op.f("fk_plan_freeze_borrower_id_request_id_plan_request"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "request_id", "number", name=op.f("pk_plan_freeze")),
    )
    op.create_index("ix_plan_freeze_loan", "plan_freeze", ["borrower_id", "loan_id"], unique=False)
    op.create_index(
        "uq_plan_freeze_open",
        "plan_freeze",
        ["borrower_id", "request_id"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
    )


def _kept() -> None:
    op.create_table(
        "plan_kept",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id", "request_id"],
            ["plan_request.borrower_id", "plan_request.id"],
            name=op.f("fk_plan_kept_borrower_id_request_id_plan_request"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "request_id", "number", name=op.f("pk_plan_kept")),
    )


def _lookups() -> None:
    op.create_table(
        "plan_request_lookup",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id", "request_id"],
            ["plan_request.borrower_id", "plan_request.id"],
            name=op.f("fk_plan_request_lookup_borrower_id_request_id_plan_request"),
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_plan_request_lookup")),
    )


def _changes() -> None:
    op.create_table(
        "plan_state_change",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(actor = 'staff') = (staff_id IS NOT NULL)",
            name=op.f("ck_plan_state_change_staff_are_named"),
        ),
        sa.CheckConstraint(
            "actor IN ('borrower', 'staff', 'core', 'clock')",
            name=op.f("ck_plan_state_change_actor_is_known"),
        ),
        sa.CheckConstraint(
            "to_state NOT IN ('accepted', 'withdrawn') OR actor = 'borrower'",
            name=op.f("ck_plan_state_change_only_she_accepts_or_withdraws"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "quote_id"],
            ["plan_quote.borrower_id", "plan_quote.id"],
            name="fk_plan_state_change_quote",
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "request_id"],
            ["plan_request.borrower_id", "plan_request.id"],
            name=op.f("fk_plan_state_change_borrower_id_request_id_plan_request"),
        ),
        sa.PrimaryKeyConstraint(
            "borrower_id", "request_id", "number", name=op.f("pk_plan_state_change")
        ),
    )


def _offsets() -> None:
    # A full table, used meanwhile: rows that are there are checked in 0030, which locks nobody out.
    op.add_column("adjustment", sa.Column("offsets_id", sa.Uuid(), nullable=True))
    op.create_index(
        "uq_adjustment_offsets",
        "adjustment",
        ["borrower_id", "offsets_id"],
        unique=True,
        postgresql_where=sa.text("offsets_id IS NOT NULL"),
    )
    op.create_foreign_key(
        "fk_adjustment_offsets",
        "adjustment",
        "adjustment",
        ["borrower_id", "offsets_id"],
        ["borrower_id", "id"],
        postgresql_not_valid=True,
    )
    op.drop_constraint(op.f("ck_adjustment_waiver_has_period"), "adjustment", type_="check")
    op.create_check_constraint(
        op.f("ck_adjustment_waiver_has_period_or_penalty"),
        "adjustment",
        "num_nonnulls(period, offsets_id) = CASE kind WHEN 'waiver' THEN 1 ELSE 0 END",
        postgresql_not_valid=True,
    )


def _added_only() -> None:
    for table in ADDED_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_added_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _asked_first() -> None:
    """The shipped version gets the kind that plans make possible; those of staff are theirs."""
    op.execute(
        """
        UPDATE earn_rule_version
           SET document = jsonb_set(document, '{rules}', document -> 'rules' ||
               '[{"kind": "asked_first", "points": 80, "months_between": 12}]'::jsonb)
         WHERE version = 1 AND publisher_id IS NULL
        """
    )


def _first_step() -> None:
    """A fact that counts, and the badge that goes by it; one of that code that is there stays."""
    op.add_column("profile", sa.Column("plan_installments_kept", sa.BigInteger(), nullable=True))
    op.execute(
        sa.text(
            """
            WITH fresh AS (
                INSERT INTO badge (code, revision, created_at, live_version)
                VALUES ('first_step', 1, :at, 1)
                ON CONFLICT DO NOTHING
                RETURNING code
            )
            INSERT INTO badge_version (code, version, document, note, created_at, published_at)
            SELECT code, 1, CAST(:document AS jsonb), :note, :at, :at FROM fresh
            """
        ).bindparams(
            at=FROM, document=BADGE.read_text(encoding="utf-8"), note="Shipped with the product."
        )
    )
