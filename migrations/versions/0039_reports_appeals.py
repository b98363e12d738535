"""Reports, appeals, and unmaskings of people in need."""

import sqlalchemy as sa
from alembic.operations import Operations

from backend.kit.migrations import behind_the_wall

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    behind_the_wall(revision, _tables)


def _tables(behind: Operations) -> None:
    _report(behind)
    _appeal(behind)
    _unmasking(behind)


def _report(behind: Operations) -> None:
    behind.create_table(
        "report",
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("target_type", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('personal_data', 'debt_seller', 'insult', 'threat', 'spam', "
            "'in_danger', 'other')",
            name=behind.f("ck_report_reason_is_known"),
        ),
        sa.CheckConstraint(
            "target_type IN ('post', 'comment', 'decision')",
            name=behind.f("ck_report_target_is_known"),
        ),
        sa.CheckConstraint("char_length(note) <= 500", name=behind.f("ck_report_note_length")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["community.moderation_case.id"],
            name=behind.f("fk_report_case_id_moderation_case"),
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["community.member.id"], name=behind.f("fk_report_reporter_id_member")
        ),
        sa.PrimaryKeyConstraint("reporter_id", "id", name=behind.f("pk_report")),
        sa.UniqueConstraint(
            "reporter_id",
            "target_type",
            "target_id",
            "reason",
            name=behind.f("uq_report_reporter_id_target_type_target_id_reason"),
        ),
    )
    behind.create_index("ix_report_case_id", "report", ["case_id"], unique=False)
    behind.create_index(
        "ix_report_reporter_id_created_at", "report", ["reporter_id", "created_at"], unique=False
    )


def _appeal(behind: Operations) -> None:
    behind.create_table(
        "appeal",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("decider_id", sa.Uuid(), nullable=False),
        sa.Column("confirmer_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('upheld', 'overturned')", name=behind.f("ck_appeal_outcome_is_known")
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (reviewer_id IS NULL) AND (outcome IS NULL) = "
            "(decided_at IS NULL) AND (outcome IS NULL) = (reason IS NULL)",
            name=behind.f("ck_appeal_answered_whole"),
        ),
        sa.CheckConstraint(
            "char_length(text) BETWEEN 1 AND 2000", name=behind.f("ck_appeal_text_length")
        ),
        sa.CheckConstraint(
            "reviewer_id NOT IN (decider_id, coalesce(confirmer_id, decider_id))",
            name=behind.f("ck_appeal_reviewed_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["community.moderation_case.id"],
            name=behind.f("fk_appeal_case_id_moderation_case"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id", "decider_id"],
            ["community.moderation_decision.id", "community.moderation_decision.staff_id"],
            name="fk_appeal_decider",
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "decision_id"],
            ["community.moderation_decision.author_id", "community.moderation_decision.id"],
            name=behind.f("fk_appeal_member_id_decision_id_moderation_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["community.member.id"], name=behind.f("fk_appeal_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=behind.f("pk_appeal")),
        sa.UniqueConstraint("decision_id", name=behind.f("uq_appeal_decision_id")),
    )


def _unmasking(behind: Operations) -> None:
    behind.create_table(
        "unmasking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("was_right", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(seen_by IS NULL) = (seen_at IS NULL)", name=behind.f("ck_unmasking_seen_whole")
        ),
        sa.CheckConstraint("seen_by <> staff_id", name=behind.f("ck_unmasking_seen_by_another")),
        sa.CheckConstraint(
            "seen_by IS NULL OR was_right IS NOT NULL", name=behind.f("ck_unmasking_seen_says_what")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["community.moderation_case.id"],
            name=behind.f("fk_unmasking_case_id_moderation_case"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["community.member.id"], name=behind.f("fk_unmasking_member_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=behind.f("pk_unmasking")),
    )
    behind.create_index(
        "ix_unmasking_open",
        "unmasking",
        ["at"],
        unique=False,
        postgresql_where=sa.text("seen_by IS NULL"),
    )
