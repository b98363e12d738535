"""The community: its wall, what it sees and says through it, and the tables of what is written."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

from backend.kit.migrations import behind_the_wall

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())

# Sanctioned: the programme ended for her after a procedure, and that has not been undone.
SEEN = """
    CREATE VIEW community_borrower AS
    SELECT b.id AS borrower_id, b.locale,
           EXISTS (SELECT FROM procedure p
                    WHERE p.borrower_id = b.id AND p.state = 'terminated') AS sanctioned
      FROM borrower b
"""
# It runs with its owner's rights, so it lets through what it names and nothing else: which event,
# and which fields with which kinds of values. No text, no origin. `pg_temp` last, so that nobody
# puts a table of his own in the place of ours.
SAID = """
    CREATE FUNCTION community_announce(
        events json, route_names text[], route_handlers text[]
    ) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM json_to_recordset(events)
                AS e(name text, payload jsonb, occurred_at timestamptz, borrower_id uuid,
                     backfill boolean)
             WHERE NOT coalesce(CASE e.name
                WHEN 'HelpfulAnswerConfirmed' THEN e.payload - 'week' = '{{}}'
                    AND (e.payload ->> 'week')::date IS NOT NULL
                WHEN 'ProtectiveHold' THEN e.payload - 'until' = '{{}}'
                    AND (e.payload ->> 'until')::timestamptz
                        BETWEEN e.occurred_at AND e.occurred_at + interval '14 days'
                WHEN 'PostHeld' THEN e.payload = '{{}}'
                WHEN 'PostRemoved' THEN e.payload = '{{}}'
                WHEN 'MemberSanctioned' THEN e.payload - 'decision_id' = '{{}}'
                    AND (e.payload ->> 'decision_id')::uuid IS NOT NULL
                WHEN 'AppealAnswered' THEN e.payload - 'decision_id' = '{{}}'
                    AND (e.payload ->> 'decision_id')::uuid IS NOT NULL
                WHEN 'ReportAnswered' THEN e.payload = '{{}}'
                WHEN 'CrisisRaised' THEN e.payload = '{{}}'
                ELSE false END, false)
                -- That somebody is in need is told; who it is, is not.
                OR (e.borrower_id IS NULL) <> (e.name = 'CrisisRaised') OR e.backfill
        ) THEN
            RAISE EXCEPTION 'the wall lets no such event out'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        WITH announced AS (
            INSERT INTO event (name, borrower_id, payload, occurred_at)
            SELECT e.name, e.borrower_id, e.payload, e.occurred_at
              FROM json_to_recordset(events)
                AS e(name text, payload jsonb, occurred_at timestamptz, borrower_id uuid)
            RETURNING seq, name
        )
        INSERT INTO delivery (handler, seq)
        SELECT route.handler, announced.seq
          FROM announced
          JOIN unnest(route_names, route_handlers) AS route(name, handler)
            ON route.name = announced.name;
    END $$
"""


def upgrade() -> None:
    schema = op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one()
    op.execute(SEEN)
    op.execute(SAID.format(schema=schema))
    op.execute("REVOKE ALL ON FUNCTION community_announce(json, text[], text[]) FROM PUBLIC")
    behind_the_wall(revision, _own_tables)


def _own_tables(behind: Operations) -> None:
    _answers(behind)
    _members(behind)
    _writings(behind)
    _around(behind)


def _answers(behind: Operations) -> None:
    behind.create_table(
        "idempotent_answer",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("headers", JSONB, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("caller", "route", "key_hash", name="pk_idempotent_answer"),
    )
    behind.create_index("ix_idempotent_answer_created_at", "idempotent_answer", ["created_at"])


def _members(behind: Operations) -> None:
    behind.create_table(
        "member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("handle_since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handles_drawn", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "handle ~ '^[a-z]+-[a-z]+-[0-9]{4,6}$'", name=behind.f("ck_member_handle_is_drawn")
        ),
        sa.PrimaryKeyConstraint("id", name=behind.f("pk_member")),
    )
    behind.create_index("uq_member_borrower_id", "member", ["borrower_id"], unique=True)
    behind.create_index("uq_member_handle", "member", ["handle"], unique=True)
    behind.create_table(
        "block",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("member_id <> blocked_id", name=behind.f("ck_block_not_herself")),
        sa.ForeignKeyConstraint(
            ["blocked_id"], ["community.member.id"], name=behind.f("fk_block_blocked_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["community.member.id"], name=behind.f("fk_block_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", "blocked_id", name=behind.f("pk_block")),
    )
    behind.create_index("ix_block_blocked_id", "block", ["blocked_id"], unique=False)
    behind.create_table(
        "topic_follow",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["community.member.id"],
            name=behind.f("fk_topic_follow_member_id_member"),
        ),
        sa.PrimaryKeyConstraint("member_id", "topic", name=behind.f("pk_topic_follow")),
    )


def _writings(behind: Operations) -> None:
    behind.create_table(
        "writing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "held_for", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("lexemes", postgresql.TSVECTOR(), nullable=True),
        sa.Column(
            "bands",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("helpful", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("thanks", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("hug", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("comments", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'comment') = (post_id IS NOT NULL)",
            name=behind.f("ck_writing_comment_has_post"),
        ),
        sa.CheckConstraint(
            "(kind = 'comment') = (title IS NULL)", name=behind.f("ck_writing_post_has_title")
        ),
        sa.CheckConstraint(
            "(kind = 'comment') = (topic IS NULL)", name=behind.f("ck_writing_post_has_topic")
        ),
        sa.CheckConstraint(
            "(state = 'deleted') = (deleted_at IS NOT NULL)",
            name=behind.f("ck_writing_deleted_when"),
        ),
        sa.CheckConstraint(
            "(state = 'held') <= (held_for <> '{}')", name=behind.f("ck_writing_held_for_something")
        ),
        sa.CheckConstraint(
            "(state = 'removed') <= (removed_at IS NOT NULL)",
            name=behind.f("ck_writing_removed_when"),
        ),
        sa.CheckConstraint(
            "kind IN ('post', 'story', 'question', 'comment')",
            name=behind.f("ck_writing_kind_known"),
        ),
        sa.CheckConstraint(
            "state <> 'published' OR published_at IS NOT NULL",
            name=behind.f("ck_writing_published_when"),
        ),
        sa.CheckConstraint(
            "state IN ('held', 'published', 'removed', 'deleted')",
            name=behind.f("ck_writing_state_known"),
        ),
        sa.CheckConstraint(
            "(answer_id IS NULL) = (answered_at IS NULL)", name=behind.f("ck_writing_answered_when")
        ),
        sa.CheckConstraint(
            "answer_id IS NULL OR post_id IS NULL", name=behind.f("ck_writing_posts_have_answers")
        ),
        sa.CheckConstraint(
            "char_length(body) BETWEEN 1 AND 5000", name=behind.f("ck_writing_body_length")
        ),
        sa.CheckConstraint(
            "char_length(title) BETWEEN 1 AND 200", name=behind.f("ck_writing_title_length")
        ),
        sa.CheckConstraint(
            "helpful >= 0 AND thanks >= 0 AND hug >= 0 AND comments >= 0",
            name=behind.f("ck_writing_counts_not_negative"),
        ),
        sa.CheckConstraint("version >= 1", name=behind.f("ck_writing_version_counts")),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["community.writing.id"], name=behind.f("fk_writing_answer_id_writing")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["community.member.id"], name=behind.f("fk_writing_author_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["community.writing.id"], name=behind.f("fk_writing_post_id_writing")
        ),
        sa.PrimaryKeyConstraint("id", name=behind.f("pk_writing")),
    )
    _ways_to_writings(behind)


def _ways_to_writings(behind: Operations) -> None:
    behind.create_index(
        "ix_writing_answer_id",
        "writing",
        ["answer_id"],
        unique=False,
        postgresql_where=sa.text("answer_id IS NOT NULL"),
    )
    behind.create_index(
        "ix_writing_author_id", "writing", ["author_id", "created_at", "id"], unique=False
    )
    behind.create_index(
        "ix_writing_bands", "writing", ["bands"], unique=False, postgresql_using="gin"
    )
    behind.create_index(
        "ix_writing_helpful",
        "writing",
        ["helpful", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'published' AND post_id IS NULL"),
    )
    behind.create_index(
        "ix_writing_lexemes",
        "writing",
        ["lexemes"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("state = 'published' AND post_id IS NULL"),
    )
    behind.create_index(
        "ix_writing_new",
        "writing",
        ["published_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'published' AND post_id IS NULL"),
    )
    behind.create_index(
        "ix_writing_post_id",
        "writing",
        ["post_id", "id"],
        unique=False,
        postgresql_where=sa.text("post_id IS NOT NULL"),
    )
    behind.create_index(
        "ix_writing_topic",
        "writing",
        ["topic", "published_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'published' AND post_id IS NULL"),
    )


def _around(behind: Operations) -> None:
    behind.create_table(
        "earlier_text",
        sa.Column("writing_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["writing_id"],
            ["community.writing.id"],
            name=behind.f("fk_earlier_text_writing_id_writing"),
        ),
        sa.PrimaryKeyConstraint("writing_id", "version", name=behind.f("pk_earlier_text")),
    )
    behind.create_table(
        "reaction",
        sa.Column("writing_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('helpful', 'thanks', 'hug')", name=behind.f("ck_reaction_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["community.member.id"], name=behind.f("fk_reaction_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["writing_id"],
            ["community.writing.id"],
            name=behind.f("fk_reaction_writing_id_writing"),
        ),
        sa.PrimaryKeyConstraint("writing_id", "member_id", "kind", name=behind.f("pk_reaction")),
    )
    behind.create_index("ix_reaction_member_id", "reaction", ["member_id"], unique=False)
