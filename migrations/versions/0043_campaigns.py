"""Campaigns and their versions. What was submitted never changes again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("live_version", sa.BigInteger(), nullable=True),
        sa.Column("newest_version", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_live_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'approved', 'live', 'paused', 'ended')",
            name=op.f("ck_campaign_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('live', 'paused') OR live_version IS NOT NULL",
            name=op.f("ck_campaign_runs"),
        ),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_campaign_ended_when")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index("ix_campaign_state", "campaign", ["state", "id"])
    _create_versions()
    for name, deferred in (("live_version", {}), ("newest_version", {"initially": "DEFERRED"})):
        op.create_foreign_key(
            op.f(f"fk_campaign_id_{name}_campaign_version"),
            "campaign",
            "campaign_version",
            ["id", name],
            ["campaign_id", "number"],
            deferrable=bool(deferred) or None,
            **deferred,
        )
    _keep_what_was_submitted()


def _create_versions() -> None:
    op.create_table(
        "campaign_version",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("document_hash", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("editors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitter_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waivers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replay_id", sa.Uuid(), nullable=True),
        sa.Column("replay_hash", sa.Text(), nullable=True),
        sa.Column("rejected_by", sa.Uuid(), nullable=True),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejection_note", sa.Text(), nullable=True),
        sa.Column("launched_by", sa.Uuid(), nullable=True),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=True),
        *_version_checks(),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_version_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "number", name=op.f("pk_campaign_version")),
    )
    op.create_index("ix_campaign_version_state", "campaign_version", ["state", "submitted_at"])


def _version_checks() -> list[sa.CheckConstraint]:
    rules = {
        "number_from_one": "number >= 1",
        "state_known": (
            "state IN ('draft', 'in_review', 'approved', 'rejected', 'live', 'superseded')"
        ),
        "hash_well_formed": "document_hash ~ '^[0-9a-f]{64}$'",
        "author_is_editor": "editors @> to_jsonb(author_id::text)",
        "four_eyes": "NOT editors @> to_jsonb(approver_id::text)",
        "submitted_by": "(submitted_at IS NULL) = (submitter_id IS NULL)",
        "submitted_first": "state IN ('draft', 'superseded') OR submitted_at IS NOT NULL",
        "approved_whole": (
            "(approved_at IS NULL) = (approver_id IS NULL)"
            " AND (approved_at IS NULL) = (replay_id IS NULL)"
            " AND (approved_at IS NULL) = (replay_hash IS NULL)"
        ),
        "approved_first": "state NOT IN ('approved', 'live') OR approved_at IS NOT NULL",
        "rejected_whole": (
            "(state = 'rejected') = (rejected_at IS NOT NULL)"
            " AND (rejected_at IS NULL) = (rejected_by IS NULL)"
            " AND (rejected_at IS NULL) = (rejection_note IS NULL)"
        ),
        "launched_whole": (
            "(launched_at IS NULL) = (launched_by IS NULL)"
            " AND (launched_at IS NULL OR approved_at IS NOT NULL)"
            " AND (state <> 'live' OR launched_at IS NOT NULL)"
        ),
    }
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_campaign_version_{name}"))
        for name, rule in rules.items()
    ]


def _keep_what_was_submitted() -> None:
    op.execute(
        """
        CREATE FUNCTION campaign_version_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'versions of campaigns are kept';
            ELSIF TG_OP = 'INSERT' THEN
                IF NEW.state <> 'draft' THEN
                    RAISE EXCEPTION 'a version of a campaign begins as a draft';
                END IF;
                RETURN NEW;
            END IF;
            IF (NEW.campaign_id, NEW.number) <> (OLD.campaign_id, OLD.number) THEN
                RAISE EXCEPTION 'a version of a campaign keeps its number';
            END IF;
            IF OLD.state <> 'draft' AND (
                NEW.state = 'draft'
                OR NEW.document IS DISTINCT FROM OLD.document
                OR NEW.document_hash <> OLD.document_hash
                OR NEW.author_id <> OLD.author_id
                OR NEW.editors IS DISTINCT FROM OLD.editors
                OR NEW.waivers IS DISTINCT FROM OLD.waivers
                OR NEW.submitter_id IS DISTINCT FROM OLD.submitter_id
            ) THEN
                RAISE EXCEPTION 'what was submitted of a campaign never changes';
            END IF;
            IF OLD.approver_id IS NOT NULL AND (
                NEW.approver_id IS DISTINCT FROM OLD.approver_id
                OR NEW.replay_id IS DISTINCT FROM OLD.replay_id
                OR NEW.replay_hash IS DISTINCT FROM OLD.replay_hash
            ) THEN
                RAISE EXCEPTION 'what was approved of a campaign never changes';
            END IF;
            IF NEW.state = 'approved' AND OLD.state NOT IN ('in_review', 'approved')
                OR NEW.state = 'live' AND OLD.state NOT IN ('approved', 'live')
                OR NEW.state = 'in_review' AND OLD.state NOT IN ('draft', 'in_review')
            THEN
                RAISE EXCEPTION 'a version of a campaign skips no state';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER campaign_version_kept BEFORE INSERT OR UPDATE OR DELETE"
        " ON campaign_version FOR EACH ROW EXECUTE FUNCTION campaign_version_kept()"
    )
