"""Secrets of machine clients, and the lender's tokens that were exchanged."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_client", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "client_secret",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "place IN ('current', 'previous')", name=op.f("ck_client_secret_place_known")
        ),
        sa.CheckConstraint(
            "(place = 'previous') = (expires_at IS NOT NULL)",
            name=op.f("ck_client_secret_previous_ends"),
        ),
        sa.CheckConstraint(
            "octet_length(secret_hash) = 32", name=op.f("ck_client_secret_secret_hash_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["api_client.id"], name=op.f("fk_client_secret_client_id_api_client")
        ),
        sa.PrimaryKeyConstraint("client_id", "place", name=op.f("pk_client_secret")),
    )
    op.create_table(
        "used_assertion",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "octet_length(token_hash) = 32", name=op.f("ck_used_assertion_token_hash_sha256")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_used_assertion")),
    )
    op.create_index("ix_used_assertion_expires_at", "used_assertion", ["expires_at"], unique=False)
