"""Hardship: applications, the emergency fund, partners and introductions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

HARDSHIP_APPLICATION_REASON_IS_KNOWN = (
    "'job_loss', 'income_cut', 'illness', 'bereavement', 'caring', 'separation', "
    "'violence', 'disaster', 'fraud_victim', 'business_failure', 'study', "
    "'parental_leave', 'other'"
)
HARDSHIP_APPLICATION_STATE_IS_KNOWN = (
    "'submitted', 'info_requested', 'under_review', 'granted', 'declined', 'withdrawn', 'ended'"
)
HARDSHIP_FUND_ENTRY_ACCOUNTS_ARE_KNOWN = (
    "'outside', 'available', 'reserved', 'paid') AND to_account IN ('outside', "
    "'available', 'reserved', 'paid'"
)
ACCOUNTS = "'outside', 'available', 'reserved', 'paid'"
PURPOSES = (
    "'marketing', 'emotion_signals', 'research', 'sensitive_documents', "
    "'training_referral', 'aid_referral'"
)


def upgrade() -> None:
    op.create_table(
        "hardship_budget",
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("available_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reserved_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("available_minor >= 0", name=op.f("ck_hardship_budget_never_overdrawn")),
        sa.CheckConstraint(
            "extract(day FROM month) = 1", name=op.f("ck_hardship_budget_month_is_first_day")
        ),
        sa.CheckConstraint("paid_minor >= 0", name=op.f("ck_hardship_budget_paid_not_negative")),
        sa.CheckConstraint(
            "reserved_minor >= 0", name=op.f("ck_hardship_budget_never_over_reserved")
        ),
        sa.PrimaryKeyConstraint("currency", "month", name=op.f("pk_hardship_budget")),
    )
    op.create_table(
        "aid_partner",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("regions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "code ~ '^[a-z][a-z0-9_]{1,59}$'", name=op.f("ck_aid_partner_code_well_formed")
        ),
        sa.CheckConstraint(
            "kind IN ('training', 'aid')", name=op.f("ck_aid_partner_kind_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["staff_account.id"],
            name=op.f("fk_aid_partner_changed_by_staff_account"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_aid_partner")),
    )
    op.create_table(
        "hardship_application",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("statement_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("words_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("wishes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decide_by_on", sa.Date(), nullable=False),
        sa.Column("relief_from_on", sa.Date(), nullable=True),
        sa.Column("relief_until_on", sa.Date(), nullable=True),
        sa.Column("relief_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("question_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "grounds",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("answer_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('granted', 'declined', 'ended')) = (decided_at IS NOT NULL)",
            name=op.f("ck_hardship_application_decided_when"),
        ),
        sa.CheckConstraint(
            f"reason IN ({HARDSHIP_APPLICATION_REASON_IS_KNOWN})",
            name=op.f("ck_hardship_application_reason_is_known"),
        ),
        sa.CheckConstraint(
            "state <> 'granted' OR relief_until_on IS NOT NULL",
            name=op.f("ck_hardship_application_grant_relieves"),
        ),
        sa.CheckConstraint(
            f"state IN ({HARDSHIP_APPLICATION_STATE_IS_KNOWN})",
            name=op.f("ck_hardship_application_state_is_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('declined', 'withdrawn', 'ended') OR relief_from_on IS NULL"
            " OR relief_ended_at IS NOT NULL",
            name=op.f("ck_hardship_application_relief_ends_with_it"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_hardship_application_decided_by_whom"),
        ),
        sa.CheckConstraint(
            "(relief_from_on IS NULL) = (relief_until_on IS NULL)",
            name=op.f("ck_hardship_application_relief_has_an_end"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["staff_account.id"],
            name=op.f("fk_hardship_application_asked_by_staff_account"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrower.id"],
            name=op.f("fk_hardship_application_borrower_id_borrower"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff_account.id"],
            name=op.f("fk_hardship_application_decided_by_staff_account"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_hardship_application")),
    )
    op.create_index(
        "ix_hardship_application_queue",
        "hardship_application",
        ["decide_by_on", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('submitted', 'info_requested', 'under_review')"),
    )
    op.create_index(
        "ix_hardship_application_relief",
        "hardship_application",
        ["relief_until_on"],
        unique=False,
        postgresql_where=sa.text("relief_ended_at IS NULL AND relief_until_on IS NOT NULL"),
    )
    op.create_index(
        "uq_hardship_application_open",
        "hardship_application",
        ["borrower_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('submitted', 'info_requested', 'under_review')"),
    )
    op.create_table(
        "hardship_fund_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("from_account", sa.Text(), nullable=False),
        sa.Column("to_account", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            f"from_account IN ({HARDSHIP_FUND_ENTRY_ACCOUNTS_ARE_KNOWN})",
            name=op.f("ck_hardship_fund_entry_accounts_are_known"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_hardship_fund_entry_amount_positive")),
        sa.CheckConstraint(
            "from_account <> to_account", name=op.f("ck_hardship_fund_entry_two_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["currency", "month"],
            ["hardship_budget.currency", "hardship_budget.month"],
            name=op.f("fk_hardship_fund_entry_currency_month_hardship_budget"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hardship_fund_entry")),
        sa.UniqueConstraint(
            "cause", "to_account", name=op.f("uq_hardship_fund_entry_cause_to_account")
        ),
    )
    op.create_index(
        "ix_hardship_fund_entry_budget",
        "hardship_fund_entry",
        ["currency", "month", "id"],
        unique=False,
    )
    op.create_table(
        "hardship_top_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'asked') = (decided_by IS NULL)",
            name=op.f("ck_hardship_top_up_decided_by_whom"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'rejected')",
            name=op.f("ck_hardship_top_up_state_is_known"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_hardship_top_up_decided_when"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_hardship_top_up_amount_positive")),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_hardship_top_up_four_eyes")),
        sa.CheckConstraint(
            "extract(day FROM month) = 1", name=op.f("ck_hardship_top_up_month_is_first_day")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["staff_account.id"],
            name=op.f("fk_hardship_top_up_asked_by_staff_account"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff_account.id"],
            name=op.f("fk_hardship_top_up_decided_by_staff_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hardship_top_up")),
    )
    op.create_table(
        "hardship_fund_grant",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("benefit_grant_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL)",
            name=op.f("ck_hardship_fund_grant_decided_by_whom"),
        ),
        sa.CheckConstraint(
            "(state IN ('approved', 'paid', 'released')) = (benefit_grant_id IS NOT NULL)",
            name=op.f("ck_hardship_fund_grant_granted_by_a_benefit"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected', 'paid', 'released')",
            name=op.f("ck_hardship_fund_grant_state_is_known"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_hardship_fund_grant_decided_when"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_hardship_fund_grant_amount_positive")),
        sa.CheckConstraint(
            "decided_by <> proposed_by", name=op.f("ck_hardship_fund_grant_four_eyes")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "application_id"],
            ["hardship_application.borrower_id", "hardship_application.id"],
            name="fk_hardship_fund_grant_application",
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "benefit_grant_id"],
            ["benefit_grant.borrower_id", "benefit_grant.id"],
            name="fk_hardship_fund_grant_benefit_grant",
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrower.id"],
            name=op.f("fk_hardship_fund_grant_borrower_id_borrower"),
        ),
        sa.ForeignKeyConstraint(
            ["currency", "month"],
            ["hardship_budget.currency", "hardship_budget.month"],
            name=op.f("fk_hardship_fund_grant_currency_month_hardship_budget"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff_account.id"],
            name=op.f("fk_hardship_fund_grant_decided_by_staff_account"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["staff_account.id"],
            name=op.f("fk_hardship_fund_grant_proposed_by_staff_account"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_hardship_fund_grant")),
    )
    op.create_index(
        "ix_hardship_fund_grant_budget", "hardship_fund_grant", ["currency", "month"], unique=False
    )
    op.create_index(
        "ix_hardship_fund_grant_to_settle",
        "hardship_fund_grant",
        ["borrower_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.create_index(
        "uq_hardship_fund_grant_application",
        "hardship_fund_grant",
        ["borrower_id", "application_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'approved', 'paid')"),
    )
    op.create_table(
        "hardship_referral",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("partner_code", sa.Text(), nullable=False),
        sa.Column("course", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("suggested_by", sa.Uuid(), nullable=False),
        sa.Column("suggested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("benefit_grant_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'suggested') = (answered_at IS NULL)",
            name=op.f("ck_hardship_referral_answered_when"),
        ),
        sa.CheckConstraint(
            "(state IN ('agreed', 'withdrawn')) = (benefit_grant_id IS NOT NULL)",
            name=op.f("ck_hardship_referral_introduced_by_a_benefit"),
        ),
        sa.CheckConstraint(
            "state IN ('suggested', 'agreed', 'declined', 'withdrawn')",
            name=op.f("ck_hardship_referral_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "application_id"],
            ["hardship_application.borrower_id", "hardship_application.id"],
            name="fk_hardship_referral_application",
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "benefit_grant_id"],
            ["benefit_grant.borrower_id", "benefit_grant.id"],
            name="fk_hardship_referral_benefit_grant",
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_hardship_referral_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["partner_code"],
            ["aid_partner.code"],
            name=op.f("fk_hardship_referral_partner_code_aid_partner"),
        ),
        sa.ForeignKeyConstraint(
            ["suggested_by"],
            ["staff_account.id"],
            name=op.f("fk_hardship_referral_suggested_by_staff_account"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_hardship_referral")),
        sa.UniqueConstraint(
            "borrower_id",
            "application_id",
            "partner_code",
            name=op.f("uq_hardship_referral_borrower_id_application_id_partner_code"),
        ),
    )
    op.create_index(
        "ix_hardship_referral_agreed",
        "hardship_referral",
        ["borrower_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'agreed'"),
    )
    op.execute(
        "CREATE TRIGGER hardship_fund_entry_added_only"
        " BEFORE UPDATE OR DELETE OR TRUNCATE ON hardship_fund_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    # Two more purposes; what was said under the others stays as it is.
    op.drop_constraint(op.f("ck_consent_purpose_is_known"), "consent")
    op.create_check_constraint(
        op.f("ck_consent_purpose_is_known"), "consent", f"purpose IN ({PURPOSES})"
    )
