"""Keys in the database; each look-up hash says under which key it was made."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crypto_key",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("active_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('field', 'token', 'lookup')", name=op.f("ck_crypto_key_kind_is_known")
        ),
        sa.CheckConstraint(
            "octet_length(name) BETWEEN 1 AND 64",
            name=op.f("ck_crypto_key_name_fits_a_sealed_value"),
        ),
        sa.CheckConstraint(
            "retired_at >= active_from", name=op.f("ck_crypto_key_retired_after_it_was_active")
        ),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_crypto_key")),
    )
    # What is there was hashed with the LOOKUP_KEY of the environment, which `goodfaith migrate`
    # adopts under this name; and so is what processes of the release before still store while
    # hosts are replaced one by one. A constant default writes no row anew.
    op.add_column(
        "borrower_lookup",
        sa.Column("key_name", sa.Text(), server_default="adopted", nullable=False),
    )
