"""The desk: who skipped a case, what is in whose hands, what each moderator decided."""

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

from backend.kit.migrations import behind_the_wall

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    behind_the_wall(revision, _desk)


def _desk(behind: Operations) -> None:
    behind.add_column(
        "moderation_case",
        sa.Column(
            "skipped",
            postgresql.ARRAY(sa.Uuid()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    behind.create_index(
        "ix_moderation_case_claimed_by",
        "moderation_case",
        ["claimed_by"],
        postgresql_where=sa.text("claimed_by IS NOT NULL"),
    )
    behind.create_index(
        "ix_moderation_decision_staff",
        "moderation_decision",
        ["staff_id", "decided_at", "id"],
    )
