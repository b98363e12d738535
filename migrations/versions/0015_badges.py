"""Badges: definitions in versions, awards, and the badges that ship with the product."""

import json
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BADGES = Path(__file__).parent.parent / "default_badges.json"
NOTE = "It ships with the product."


def upgrade() -> None:
    op.create_table(
        "badge",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("live_version", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "code ~ '^[a-z][a-z0-9_]{1,39}$'", name=op.f("ck_badge_code_well_formed")
        ),
        sa.CheckConstraint(
            "(retired_at IS NULL) = (retired_by IS NULL)", name=op.f("ck_badge_retired_by")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_badge")),
    )
    op.create_table(
        "badge_version",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_badge_version_version_from_one")),
        sa.CheckConstraint("author_id <> publisher_id", name=op.f("ck_badge_version_four_eyes")),
        sa.CheckConstraint(
            "author_id IS NULL OR (published_at IS NULL) = (publisher_id IS NULL)",
            name=op.f("ck_badge_version_published_by"),
        ),
        sa.CheckConstraint(
            "author_id IS NOT NULL OR published_at IS NOT NULL",
            name=op.f("ck_badge_version_ours_are_live"),
        ),
        sa.ForeignKeyConstraint(["code"], ["badge.code"], name=op.f("fk_badge_version_code_badge")),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_badge_version")),
    )
    op.create_foreign_key(
        op.f("fk_badge_code_live_version_badge_version"),
        "badge",
        "badge_version",
        ["code", "live_version"],
        ["code", "version"],
    )
    _create_awards()
    op.create_index(
        "ix_payment_reversed",
        "payment",
        ["borrower_id"],
        unique=False,
        postgresql_where=sa.text("reversed_on IS NOT NULL"),
    )
    _publish_ours()


def _create_awards() -> None:
    op.create_table(
        "badge_award",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("earned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_cause", sa.Text(), nullable=True),
        sa.Column("revoked_seq", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('standing', 'revoked')", name=op.f("ck_badge_award_state_known")
        ),
        sa.CheckConstraint(
            "revoked_cause IN ('payment_reversed', 'awarded_in_error', 'proof_not_genuine',"
            " 'at_her_request')",
            name=op.f("ck_badge_award_cause_known"),
        ),
        sa.CheckConstraint(
            "(state = 'revoked') = (revoked_at IS NOT NULL)"
            " AND (revoked_at IS NULL) = (revoked_cause IS NULL)",
            name=op.f("ck_badge_award_revoked_when_and_why"),
        ),
        sa.CheckConstraint(
            "coalesce(revoked_cause = 'payment_reversed', false) = (revoked_seq IS NOT NULL)",
            name=op.f("ck_badge_award_revoked_by_event"),
        ),
        sa.CheckConstraint(
            "coalesce(revoked_cause <> 'payment_reversed', false) = (revoked_by IS NOT NULL)"
            " AND (revoked_by IS NULL) = (revoked_note IS NULL)",
            name=op.f("ck_badge_award_revoked_by_person"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_badge_award_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["code", "version"],
            ["badge_version.code", "badge_version.version"],
            name=op.f("fk_badge_award_code_version_badge_version"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_badge_award")),
    )
    op.create_index(
        "uq_badge_award_standing",
        "badge_award",
        ["borrower_id", "code", "period"],
        unique=True,
        postgresql_where=sa.text("state = 'standing'"),
    )
    op.create_index(
        "ix_badge_award_holders",
        "badge_award",
        ["code"],
        unique=False,
        postgresql_where=sa.text("state = 'standing'"),
    )
    op.create_index(
        "ix_badge_award_revoked_by",
        "badge_award",
        ["borrower_id"],
        unique=False,
        postgresql_where=sa.text("revoked_by IS NOT NULL"),
    )


def _publish_ours() -> None:
    badge = sa.table(
        "badge",
        sa.column("code", sa.Text),
        sa.column("revision", sa.BigInteger),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    version = sa.table(
        "badge_version",
        sa.column("code", sa.Text),
        sa.column("version", sa.BigInteger),
        sa.column("document", postgresql.JSONB),
        sa.column("note", sa.Text),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("published_at", sa.DateTime(timezone=True)),
    )
    # Older than anything a business clock will say, so that any later version comes after it.
    epoch = datetime(2000, 1, 1, tzinfo=UTC)
    ours = json.loads(BADGES.read_text(encoding="utf-8"))
    op.bulk_insert(
        badge, [{"code": each["code"], "revision": 1, "created_at": epoch} for each in ours]
    )
    op.bulk_insert(
        version,
        [
            {
                "code": each["code"],
                "version": 1,
                "document": each["document"],
                "note": NOTE,
                "created_at": epoch,
                "published_at": epoch,
            }
            for each in ours
        ],
    )
    op.execute("UPDATE badge SET live_version = 1")
