"""Checks the rows that 0021 found, in a way that lets everybody else read and write."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

CONSTRAINTS = ("fk_adjustment_offsets", "ck_adjustment_waiver_has_period_or_penalty")


def upgrade() -> None:
    for name in CONSTRAINTS:
        op.execute(f"ALTER TABLE adjustment VALIDATE CONSTRAINT {name}")
