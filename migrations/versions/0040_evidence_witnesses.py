"""What witnesses signed under the heads of the log."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_cosignature",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["size"],
            ["evidence_checkpoint.size"],
            name=op.f("fk_evidence_cosignature_size_evidence_checkpoint"),
        ),
        sa.PrimaryKeyConstraint("key", "size", name=op.f("pk_evidence_cosignature")),
    )
    op.create_index("ix_evidence_cosignature_size", "evidence_cosignature", ["size"])
