"""Daily figures, the ends of tables by which a day is counted, and the log by type of act."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

# A day of these is found without reading the rest: they are written in the order of time, so that
# the smallest of indexes is enough and costs those who write next to nothing.
BY_DAY = (
    ("tier_evaluation", "evaluated_on"),
    ("notification_intent", "created_at"),
    ("notification_intent", "closed_at"),
    ("notification_delivery", "done_at"),
    ("plan_state_change", "changed_at"),
)


def upgrade() -> None:
    op.create_table(
        "daily_figure",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "name ~ '^[a-z][a-z0-9_.]{1,59}$'", name=op.f("ck_daily_figure_name_is_a_code")
        ),
        sa.CheckConstraint("length(part) <= 120", name=op.f("ck_daily_figure_part_short")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_daily_figure_never_negative")),
        sa.PrimaryKeyConstraint("name", "day", "part", name=op.f("pk_daily_figure")),
    )
    op.create_index("ix_daily_figure_day", "daily_figure", ["day"])
    for table, column in BY_DAY:
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_using="brin")
    op.create_index("ix_evidence_leaf_type_entry_index", "evidence_leaf", ["type", "entry_index"])
