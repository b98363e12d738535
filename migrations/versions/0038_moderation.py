"""Moderation: cases and their trail, decisions and sanctions."""

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

from backend.kit.migrations import behind_the_wall

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    behind_the_wall(revision, _tables)


def _tables(behind: Operations) -> None:
    _moderation_case(behind)
    _moderation_step(behind)
    _moderation_decision(behind)
    _sanction(behind)


def _moderation_case(behind: Operations) -> None:
    behind.create_table(
        "moderation_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("target_type", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("causes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("severity", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("reports", sa.BigInteger(), nullable=False),
        sa.Column("skips", sa.BigInteger(), nullable=False),
        sa.Column("is_for_lead", sa.Boolean(), nullable=False),
        sa.Column("barred", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claim_token", sa.Uuid(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)",
            name=behind.f("ck_moderation_case_ended_is_over"),
        ),
        sa.CheckConstraint(
            "outcome IN ('acted', 'kept')", name=behind.f("ck_moderation_case_outcome_is_known")
        ),
        sa.CheckConstraint(
            "queue IN ('general', 'crisis', 'complaints-about-lender', 'appeals')",
            name=behind.f("ck_moderation_case_queue_is_known"),
        ),
        sa.CheckConstraint(
            "state = 'open' OR claimed_by IS NULL",
            name=behind.f("ck_moderation_case_claimed_is_open"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'decided', 'closed')",
            name=behind.f("ck_moderation_case_state_is_known"),
        ),
        sa.CheckConstraint(
            "target_type IN ('post', 'comment', 'decision')",
            name=behind.f("ck_moderation_case_target_is_known"),
        ),
        sa.CheckConstraint(
            "(claimed_by IS NULL) = (claim_token IS NULL) AND (claimed_by IS NULL) = "
            "(claimed_until IS NULL)",
            name=behind.f("ck_moderation_case_claimed_whole"),
        ),
        sa.CheckConstraint(
            "octet_length(content_hash) = 32", name=behind.f("ck_moderation_case_hash_whole")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["community.member.id"],
            name=behind.f("fk_moderation_case_author_id_member"),
        ),
        sa.PrimaryKeyConstraint("id", name=behind.f("pk_moderation_case")),
    )
    behind.create_index(
        "ix_moderation_case_author",
        "moderation_case",
        ["author_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    behind.create_index(
        "ix_moderation_case_text",
        "moderation_case",
        ["content_hash"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    behind.create_index(
        "ix_moderation_case_target",
        "moderation_case",
        ["target_type", "target_id", "id"],
        unique=False,
    )
    behind.create_index(
        "ix_moderation_case_waiting",
        "moderation_case",
        ["queue", sa.literal_column("severity DESC"), "opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    behind.create_index(
        "uq_moderation_case_open",
        "moderation_case",
        ["target_type", "target_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def _moderation_step(behind: Operations) -> None:
    behind.create_table(
        "moderation_step",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "what IN ('opened', 'gathered', 'claimed', 'released', 'skipped', "
            "'escalated', 'changed', 'decided', 'confirmed', 'counted', 'undone', "
            "'closed')",
            name=behind.f("ck_moderation_step_what_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["community.moderation_case.id"],
            name=behind.f("fk_moderation_step_case_id_moderation_case"),
        ),
        sa.PrimaryKeyConstraint("number", name=behind.f("pk_moderation_step")),
    )
    behind.create_index(
        "ix_moderation_step_case_id_number", "moderation_step", ["case_id", "number"], unique=False
    )
    behind.create_index(
        "ix_moderation_step_staff_id_at", "moderation_step", ["staff_id", "at"], unique=False
    )


def _moderation_decision(behind: Operations) -> None:
    behind.create_table(
        "moderation_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("case_version", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("target_type", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("days", sa.BigInteger(), nullable=True),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("was", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(standing = 'undone') = (undone_at IS NOT NULL)",
            name=behind.f("ck_moderation_decision_undone_says_when"),
        ),
        sa.CheckConstraint(
            "action IN ('approve', 'warn', 'remove', 'mute', 'suspend', 'help_given', "
            "'no_crisis', 'confirm_helpful', 'uphold', 'overturn')",
            name=behind.f("ck_moderation_decision_action_is_known"),
        ),
        sa.CheckConstraint(
            "action NOT IN ('mute', 'suspend') OR standing IN ('waiting', 'undone') OR "
            "days <= 30 OR confirmed_by IS NOT NULL",
            name=behind.f("ck_moderation_decision_long_ones_confirmed"),
        ),
        sa.CheckConstraint(
            "action NOT IN ('warn', 'remove', 'mute', 'suspend') OR (clause IS NOT NULL "
            "AND reason IS NOT NULL)",
            name=behind.f("ck_moderation_decision_penalty_says_why"),
        ),
        sa.CheckConstraint(
            "clause IN ('personal_data', 'debt_sellers', 'illegal_offers', 'respect', "
            "'threats', 'spam', 'danger', 'off_topic')",
            name=behind.f("ck_moderation_decision_clause_is_known"),
        ),
        sa.CheckConstraint(
            "queue <> 'complaints-about-lender' OR action IN ('approve', 'remove')",
            name=behind.f("ck_moderation_decision_lender_is_apart"),
        ),
        sa.CheckConstraint(
            "queue <> 'crisis' OR action IN ('help_given', 'no_crisis')",
            name=behind.f("ck_moderation_decision_need_is_not_punished"),
        ),
        sa.CheckConstraint(
            "queue IN ('general', 'crisis', 'complaints-about-lender', 'appeals')",
            name=behind.f("ck_moderation_decision_queue_is_known"),
        ),
        sa.CheckConstraint(
            "standing IN ('waiting', 'pending', 'counts', 'undone')",
            name=behind.f("ck_moderation_decision_standing_is_known"),
        ),
        sa.CheckConstraint(
            "target_type IN ('post', 'comment', 'decision')",
            name=behind.f("ck_moderation_decision_target_is_known"),
        ),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
            name=behind.f("ck_moderation_decision_confirmation_whole"),
        ),
        sa.CheckConstraint(
            "confirmed_by <> staff_id", name=behind.f("ck_moderation_decision_confirmed_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["community.member.id"],
            name=behind.f("fk_moderation_decision_author_id_member"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["community.moderation_case.id"],
            name=behind.f("fk_moderation_decision_case_id_moderation_case"),
        ),
        sa.PrimaryKeyConstraint("id", name=behind.f("pk_moderation_decision")),
        sa.UniqueConstraint(
            "author_id", "id", name=behind.f("uq_moderation_decision_author_id_id")
        ),
        sa.UniqueConstraint(
            "case_id", "case_version", name=behind.f("uq_moderation_decision_case_id_case_version")
        ),
        sa.UniqueConstraint("id", "staff_id", name=behind.f("uq_moderation_decision_id_staff_id")),
    )
    behind.create_index(
        "ix_moderation_decision_author",
        "moderation_decision",
        ["author_id", "decided_at"],
        unique=False,
    )
    behind.create_index(
        "ix_moderation_decision_due",
        "moderation_decision",
        ["counts_from"],
        unique=False,
        postgresql_where=sa.text("standing = 'pending'"),
    )
    behind.create_index(
        "ix_moderation_decision_waiting",
        "moderation_decision",
        ["decided_at", "id"],
        unique=False,
        postgresql_where=sa.text("standing = 'waiting'"),
    )
    behind.create_index(
        "ix_moderation_decision_target",
        "moderation_decision",
        ["target_type", "target_id", "decided_at"],
        unique=False,
    )


def _sanction(behind: Operations) -> None:
    behind.create_table(
        "sanction",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('warn', 'mute', 'suspend')", name=behind.f("ck_sanction_kind_is_known")
        ),
        sa.CheckConstraint("until_at > from_at", name=behind.f("ck_sanction_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["community.member.id"], name=behind.f("fk_sanction_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=behind.f("pk_sanction")),
        sa.UniqueConstraint(
            "member_id", "decision_id", name=behind.f("uq_sanction_member_id_decision_id")
        ),
    )
    behind.create_index(
        "ix_sanction_member_id_from_at", "sanction", ["member_id", "from_at"], unique=False
    )
