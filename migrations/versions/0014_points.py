"""points: the ledger, and version 1 of the earn rules, so that no installation is without them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

RULES = Path(__file__).parent.parent / "default_earn_rules_1.json"
HERS = "('available', 'pending', 'held')"
ACCOUNTS = (
    "('available', 'pending', 'held', 'issued', 'redeemed', 'expired', 'forfeited', 'adjusted')"
)
MOVES_HERS = f"from_account <> to_account AND (from_account IN {HERS} OR to_account IN {HERS})"
ADDED_ONLY = ("points_entry", "points_posting")


def upgrade() -> None:
    op.create_table(
        "earn_rule_version",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)",
            name=op.f("ck_earn_rule_version_published_when"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR version = 1 OR publisher_id IS NOT NULL",
            name=op.f("ck_earn_rule_version_published_by"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published')", name=op.f("ck_earn_rule_version_state_known")
        ),
        sa.CheckConstraint(
            "author_id <> publisher_id", name=op.f("ck_earn_rule_version_four_eyes")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_earn_rule_version")),
    )
    op.create_index(
        "uq_earn_rule_version_effective_from",
        "earn_rule_version",
        ["effective_from"],
        unique=True,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "points_entry",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("cause_type", sa.Text(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("rule_version", sa.BigInteger(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("source_part", sa.Text(), nullable=True),
        sa.Column("round", sa.BigInteger(), nullable=True),
        sa.Column("lot", sa.BigInteger(), nullable=True),
        sa.Column("from_account", sa.Text(), nullable=True),
        sa.Column("to_account", sa.Text(), nullable=True),
        sa.Column("moved", sa.BigInteger(), nullable=True),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("unrecovered", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('earned', 'pending')) = (rule IS NOT NULL)",
            name=op.f("ck_points_entry_award_rule"),
        ),
        sa.CheckConstraint(
            "(kind IN ('taken_back', 'restored')) = (reverses IS NOT NULL)",
            name=op.f("ck_points_entry_reversal_names_original"),
        ),
        sa.CheckConstraint(
            "kind IN ('earned', 'pending', 'made_available', 'spent', 'held', 'captured',"
            " 'released', 'expired', 'taken_back', 'restored', 'forfeited', 'adjusted')",
            name=op.f("ck_points_entry_kind_known"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(rule, source_id, source_part, round) IN (0, 4)",
            name=op.f("ck_points_entry_award_whole"),
        ),
        sa.CheckConstraint(
            "reverses < number", name=op.f("ck_points_entry_reversal_after_original")
        ),
        sa.CheckConstraint(
            "num_nonnulls(lot, from_account, to_account, moved) IN (0, 4)",
            name=op.f("ck_points_entry_posting_whole"),
        ),
        sa.CheckConstraint("moved > 0", name=op.f("ck_points_entry_moved_positive")),
        sa.CheckConstraint(
            "lot IS NULL OR points = CASE 'available'"
            " WHEN to_account THEN moved WHEN from_account THEN -moved ELSE 0 END",
            name=op.f("ck_points_entry_points_as_moved"),
        ),
        sa.CheckConstraint(
            f"from_account IN {ACCOUNTS}", name=op.f("ck_points_entry_from_account_known")
        ),
        sa.CheckConstraint(
            f"to_account IN {ACCOUNTS}", name=op.f("ck_points_entry_to_account_known")
        ),
        sa.CheckConstraint(MOVES_HERS, name=op.f("ck_points_entry_moves_hers")),
        sa.CheckConstraint(
            "unrecovered >= 0", name=op.f("ck_points_entry_unrecovered_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "reverses"],
            ["points_entry.borrower_id", "points_entry.number"],
            name=op.f("fk_points_entry_borrower_id_reverses_points_entry"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "number", name=op.f("pk_points_entry")),
    )
    op.create_index(
        "uq_points_entry_award",
        "points_entry",
        ["borrower_id", "rule", "source_id", "source_part", "round"],
        unique=True,
        postgresql_where=sa.text("rule IS NOT NULL"),
    )
    op.create_index(
        "uq_points_entry_reversal",
        "points_entry",
        ["borrower_id", "reverses"],
        unique=True,
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_table(
        "points_account",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("available", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("pending", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("held", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_number", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "least(available, pending, held) >= 0", name=op.f("ck_points_account_never_overdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_points_account_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", name=op.f("pk_points_account")),
    )
    op.create_table(
        "points_adjustment",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'confirmed') = (entry IS NOT NULL)",
            name=op.f("ck_points_adjustment_confirmed_entry"),
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decided_by IS NULL)"
            " AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_points_adjustment_decided_when"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'confirmed', 'rejected')",
            name=op.f("ck_points_adjustment_state_known"),
        ),
        sa.CheckConstraint("asked_by <> decided_by", name=op.f("ck_points_adjustment_four_eyes")),
        sa.CheckConstraint("points <> 0", name=op.f("ck_points_adjustment_points_not_zero")),
        sa.ForeignKeyConstraint(
            ["borrower_id", "entry"],
            ["points_entry.borrower_id", "points_entry.number"],
            name=op.f("fk_points_adjustment_borrower_id_entry_points_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_points_adjustment_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_points_adjustment")),
    )
    op.create_index(
        "ix_points_adjustment_open",
        "points_adjustment",
        ["asked_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "points_hold",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (ended_by IS NULL)", name=op.f("ck_points_hold_ended_by_entry")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'captured', 'released')", name=op.f("ck_points_hold_state_known")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_points_hold_points_positive")),
        sa.ForeignKeyConstraint(
            ["borrower_id", "ended_by"],
            ["points_entry.borrower_id", "points_entry.number"],
            name="fk_points_hold_ended_by_points_entry",
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "number"],
            ["points_entry.borrower_id", "points_entry.number"],
            name=op.f("fk_points_hold_borrower_id_number_points_entry"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "number", name=op.f("pk_points_hold")),
    )
    op.create_index(
        "ix_points_hold_open",
        "points_hold",
        ["deadline_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "points_lot",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("held", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("spent", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "available + pending + held + spent <= points",
            name=op.f("ck_points_lot_never_more_than_opened"),
        ),
        sa.CheckConstraint(
            "least(available, pending, held, spent) >= 0",
            name=op.f("ck_points_lot_never_overdrawn"),
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_points_lot_points_positive")),
        sa.ForeignKeyConstraint(
            ["borrower_id", "number"],
            ["points_entry.borrower_id", "points_entry.number"],
            name=op.f("fk_points_lot_borrower_id_number_points_entry"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "number", name=op.f("pk_points_lot")),
    )
    op.create_index(
        "ix_points_lot_expiring",
        "points_lot",
        ["expires_on", "borrower_id"],
        unique=False,
        postgresql_where=sa.text("available > 0"),
    )
    op.create_index(
        "ix_points_lot_spendable",
        "points_lot",
        ["borrower_id", "expires_on", "number"],
        unique=False,
        postgresql_where=sa.text("available > 0"),
    )
    op.create_table(
        "points_expiry_notice",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"],
            ["points_account.borrower_id"],
            name=op.f("fk_points_expiry_notice_borrower_id_points_account"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "expires_on", name=op.f("pk_points_expiry_notice")),
    )
    op.create_table(
        "points_posting",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("from_account", sa.Text(), nullable=False),
        sa.Column("to_account", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(MOVES_HERS, name=op.f("ck_points_posting_moves_hers")),
        sa.CheckConstraint(
            f"from_account IN {ACCOUNTS}", name=op.f("ck_points_posting_from_account_known")
        ),
        sa.CheckConstraint(
            f"to_account IN {ACCOUNTS}", name=op.f("ck_points_posting_to_account_known")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_points_posting_points_positive")),
        sa.PrimaryKeyConstraint("borrower_id", "number", "lot", name=op.f("pk_points_posting")),
    )

    # An account changes with each of her entries: with room beside it the new row needs no new
    # place in the index.
    op.execute("ALTER TABLE points_account SET (fillfactor = 80)")
    op.execute(
        """
        CREATE VIEW points_movement AS
        SELECT borrower_id, number, lot, from_account, to_account, moved AS points
          FROM points_entry WHERE lot IS NOT NULL
        UNION ALL
        SELECT borrower_id, number, lot, from_account, to_account, points FROM points_posting
        """
    )
    _refuse_changes()
    _publish_first_rules()


def _refuse_changes() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table in ADDED_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_added_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _publish_first_rules() -> None:
    rules = sa.table(
        "earn_rule_version",
        sa.column("version", sa.BigInteger),
        sa.column("state", sa.Text),
        sa.column("document", postgresql.JSONB),
        sa.column("effective_from", sa.Date),
        sa.column("note", sa.Text),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("published_at", sa.DateTime(timezone=True)),
    )
    epoch = datetime(2000, 1, 1, tzinfo=UTC)
    op.bulk_insert(
        rules,
        [
            {
                "version": 1,
                "state": "published",
                "document": json.loads(RULES.read_text(encoding="utf-8")),
                # Before any history that may be imported.
                "effective_from": date(1900, 1, 1),
                "note": "The earn rules that ship with the product.",
                "created_at": epoch,
                "published_at": epoch,
            }
        ],
    )
