"""What campaigns see and do: occasions, participants, decisions, budgets, replays."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _occasions()
    _participants()
    _decisions()
    _buckets()
    _joinings()
    _replays()
    op.add_column("badge_award", sa.Column("campaign_id", sa.Uuid(), nullable=True))


def _occasions() -> None:
    op.create_table(
        "campaign_occasion",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_part", sa.Text(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_seq", sa.BigInteger(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_history", sa.Boolean(), nullable=False),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "trigger IN ('installment_paid', 'plan_installment_kept', 'plan_completed',"
            " 'badge_awarded', 'tier_raised')",
            name=op.f("ck_campaign_occasion_trigger_known"),
        ),
        sa.CheckConstraint(
            "is_history = (seq < 0)", name=op.f("ck_campaign_occasion_history_comes_first")
        ),
        sa.CheckConstraint("undone_seq > seq", name=op.f("ck_campaign_occasion_undone_later")),
        sa.PrimaryKeyConstraint("borrower_id", "seq", name=op.f("pk_campaign_occasion")),
    )
    op.create_index(
        "ix_campaign_occasion_occurred_at",
        "campaign_occasion",
        ["trigger", "occurred_at"],
        unique=False,
    )
    op.create_index(
        "ix_campaign_occasion_source",
        "campaign_occasion",
        ["borrower_id", "trigger", "source_id", "source_part"],
        unique=False,
    )


def _participants() -> None:
    op.create_table(
        "campaign_participant",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("arm", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_seq", sa.BigInteger(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("awards", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("points", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("awards_limit", sa.BigInteger(), nullable=True),
        sa.Column("points_limit", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "arm = 'treated' OR awards = 0",
            name=op.f("ck_campaign_participant_held_out_has_nothing"),
        ),
        sa.CheckConstraint(
            "arm IN ('treated', 'holdout')", name=op.f("ck_campaign_participant_arm_known")
        ),
        sa.CheckConstraint(
            "awards <= awards_limit", name=op.f("ck_campaign_participant_awards_within_limit")
        ),
        sa.CheckConstraint(
            "least(awards, points) >= 0", name=op.f("ck_campaign_participant_never_negative")
        ),
        sa.CheckConstraint(
            "points <= points_limit", name=op.f("ck_campaign_participant_points_within_limit")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["borrower.id"],
            name=op.f("fk_campaign_participant_borrower_id_borrower"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_campaign_participant_campaign_id_campaign"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "campaign_id", name=op.f("pk_campaign_participant")),
    )
    op.create_index(
        "ix_campaign_participant_campaign",
        "campaign_participant",
        ["campaign_id", "borrower_id"],
        unique=False,
    )


def _decisions() -> None:
    op.create_table(
        "campaign_decision",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effects", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("points", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_seq", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'refused') = (jsonb_array_length(reasons) > 0)",
            name=op.f("ck_campaign_decision_why"),
        ),
        sa.CheckConstraint(
            "(outcome = 'reversed') = (reversed_at IS NOT NULL)"
            " AND (reversed_at IS NULL) = (reversed_seq IS NULL)",
            name=op.f("ck_campaign_decision_reversed_whole"),
        ),
        sa.CheckConstraint(
            "outcome IN ('awarded', 'refused', 'reversed')",
            name=op.f("ck_campaign_decision_outcome_known"),
        ),
        sa.CheckConstraint(
            "points >= 0 AND (outcome <> 'refused' OR points = 0)",
            name=op.f("ck_campaign_decision_points_of"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "campaign_id"],
            ["campaign_participant.borrower_id", "campaign_participant.campaign_id"],
            name=op.f("fk_campaign_decision_participant"),
        ),
        sa.PrimaryKeyConstraint(
            "borrower_id", "campaign_id", "seq", name=op.f("pk_campaign_decision")
        ),
    )
    op.create_index(
        "ix_campaign_decision_given",
        "campaign_decision",
        ["campaign_id", "outcome", "occurred_at"],
        unique=False,
    )
    op.create_index(
        "ix_campaign_decision_newest", "campaign_decision", ["borrower_id", "seq"], unique=False
    )


def _buckets() -> None:
    op.create_table(
        "campaign_bucket",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("points_limit", sa.BigInteger(), nullable=True),
        sa.Column("points_spent", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("awards_limit", sa.BigInteger(), nullable=True),
        sa.Column("awards_spent", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "bucket IN ('total', 'period')", name=op.f("ck_campaign_bucket_bucket_known")
        ),
        sa.CheckConstraint(
            "awards_spent <= awards_limit", name=op.f("ck_campaign_bucket_awards_within_limit")
        ),
        sa.CheckConstraint(
            "least(points_spent, awards_spent) >= 0", name=op.f("ck_campaign_bucket_never_negative")
        ),
        sa.CheckConstraint(
            "points_spent <= points_limit", name=op.f("ck_campaign_bucket_points_within_limit")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_bucket_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id", "bucket", "period_start", name=op.f("pk_campaign_bucket")
        ),
    )


def _joinings() -> None:
    op.create_table(
        "campaign_joining",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("joined", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_joining_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "version", name=op.f("pk_campaign_joining")),
    )


def _replays() -> None:
    op.create_table(
        "campaign_replay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("document_hash", sa.Text(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("progress", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("report_hash", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (report IS NOT NULL) AND (report IS NULL) = (report_hash IS NULL)",
            name=op.f("ck_campaign_replay_done_with_report"),
        ),
        sa.CheckConstraint(
            "(state = 'failed') = (failure IS NOT NULL)",
            name=op.f("ck_campaign_replay_failed_with_reason"),
        ),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)",
            name=op.f("ck_campaign_replay_running_leased"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed')",
            name=op.f("ck_campaign_replay_state_known"),
        ),
        sa.CheckConstraint(
            "progress BETWEEN 0 AND 100", name=op.f("ck_campaign_replay_progress_in_percent")
        ),
        sa.CheckConstraint("to_day >= from_day", name=op.f("ck_campaign_replay_days_in_order")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_replay_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_replay")),
    )
    op.create_index(
        "ix_campaign_replay_campaign",
        "campaign_replay",
        ["campaign_id", "requested_at"],
        unique=False,
    )
    op.create_index(
        "ix_campaign_replay_open",
        "campaign_replay",
        ["requested_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
