"""The community's wall: what it sees of the product, what it may say to it, and its own tables."""

import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

from backend.kit.migrations import behind_the_wall

revision = "0036"
down_revision = "0030"
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
                WHEN 'MemberSanctioned' THEN e.payload = '{{}}'
                ELSE false END, false)
                OR e.borrower_id IS NULL OR e.backfill
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
