"""borrowers: its tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "borrower",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("own_locale", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("own_timezone", sa.Text(), nullable=True),
        sa.Column("phone_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("name_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("born_on_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("monthly_income_minor", sa.BigInteger(), nullable=True),
        sa.Column("income_verified", sa.Boolean(), nullable=True),
        sa.Column("monthly_debt_minor", sa.BigInteger(), nullable=True),
        sa.Column("employment", sa.Text(), nullable=True),
        sa.Column(
            "declared_facts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("locale IN ('en', 'zh-CN')", name=op.f("ck_borrower_locale_known")),
        sa.CheckConstraint("monthly_debt_minor >= 0", name=op.f("ck_borrower_debt_not_negative")),
        sa.CheckConstraint(
            "monthly_income_minor >= 0", name=op.f("ck_borrower_income_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_borrower")),
    )
    op.create_table(
        "borrower_lookup",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('phone', 'name')", name=op.f("ck_borrower_lookup_kind_known")),
        sa.PrimaryKeyConstraint("kind", "hash", "borrower_id", name=op.f("pk_borrower_lookup")),
    )
    op.create_index(
        "ix_borrower_lookup_borrower_id", "borrower_lookup", ["borrower_id"], unique=False
    )
    op.create_table(
        "external_ref",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('borrower', 'loan', 'payment', 'adjustment')",
            name=op.f("ck_external_ref_kind_known"),
        ),
        sa.PrimaryKeyConstraint("kind", "external_id", name=op.f("pk_external_ref")),
    )
    op.create_table(
        "access_log",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_access_log_borrower_id_borrower")
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_access_log")),
    )
