"""Badges as credentials: the issuer's keys, status lists, what was signed, and two look-ups."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

AT = sa.DateTime(timezone=True)
CAUSES = "'award_revoked', 'at_her_request', 'key_withdrawn'"


def upgrade() -> None:
    _signers()
    _lists()
    _credentials()
    _lookups()


def _signers() -> None:
    op.create_table(
        "credential_signer",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("seed_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("retired_at", AT, nullable=True),
        sa.Column("withdrawn_at", AT, nullable=True),
        sa.CheckConstraint(
            "octet_length(public_key) = 32", name=op.f("ck_credential_signer_public_key_whole")
        ),
        sa.CheckConstraint(
            "(seed_cipher IS NULL) = (retired_at IS NOT NULL)",
            name=op.f("ck_credential_signer_retired_whole"),
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR retired_at IS NOT NULL",
            name=op.f("ck_credential_signer_withdrawn_is_retired"),
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_credential_signer")),
    )


def _lists() -> None:
    op.create_table(
        "credential_status_list",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", AT, nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_credential_status_list_number_from_one")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_credential_status_list")),
    )
    op.create_table(
        "credential_place",
        sa.Column("list_number", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", AT, nullable=True),
        sa.CheckConstraint(
            "place BETWEEN 0 AND 131071", name=op.f("ck_credential_place_place_within_list")
        ),
        sa.ForeignKeyConstraint(
            ["list_number"],
            ["credential_status_list.number"],
            name=op.f("fk_credential_place_list_number_credential_status_list"),
        ),
        sa.PrimaryKeyConstraint("list_number", "place", name=op.f("pk_credential_place")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_credential_place_credential_id")),
        sa.UniqueConstraint(
            "list_number",
            "place",
            "credential_id",
            name=op.f("uq_credential_place_list_number_place_credential_id"),
        ),
    )
    op.create_index(
        "ix_credential_place_revoked",
        "credential_place",
        ["list_number", "place"],
        postgresql_where=sa.text("revoked_at IS NOT NULL"),
    )


def _credentials() -> None:
    op.create_table(
        "credential",
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("list_number", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("issued_at", AT, nullable=False),
        sa.Column("revoked_at", AT, nullable=True),
        sa.Column("revoked_cause", sa.Text(), nullable=True),
        sa.CheckConstraint(f"revoked_cause IN ({CAUSES})", name=op.f("ck_credential_cause_known")),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_cause IS NULL)",
            name=op.f("ck_credential_revoked_when_and_why"),
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["borrower.id"], name=op.f("fk_credential_borrower_id_borrower")
        ),
        sa.ForeignKeyConstraint(
            ["borrower_id", "award_id"],
            ["badge_award.borrower_id", "badge_award.id"],
            name=op.f("fk_credential_borrower_id_award_id_badge_award"),
        ),
        sa.ForeignKeyConstraint(
            ["list_number", "place", "id"],
            [
                "credential_place.list_number",
                "credential_place.place",
                "credential_place.credential_id",
            ],
            name=op.f("fk_credential_list_number_place_id_credential_place"),
        ),
        sa.ForeignKeyConstraint(
            ["signer"],
            ["credential_signer.name"],
            name=op.f("fk_credential_signer_credential_signer"),
        ),
        sa.PrimaryKeyConstraint("borrower_id", "id", name=op.f("pk_credential")),
    )
    op.create_index(
        "uq_credential_live",
        "credential",
        ["borrower_id", "award_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def _lookups() -> None:
    op.create_table(
        "credential_lookup",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id", "id"],
            ["credential.borrower_id", "credential.id"],
            name=op.f("fk_credential_lookup_borrower_id_id_credential"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_lookup")),
    )
    op.create_index("ix_credential_lookup_borrower_id", "credential_lookup", ["borrower_id", "id"])
    op.create_table(
        "credential_share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["borrower_id", "credential_id"],
            ["credential.borrower_id", "credential.id"],
            name=op.f("fk_credential_share_borrower_id_credential_id_credential"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_share")),
        sa.UniqueConstraint(
            "borrower_id",
            "credential_id",
            name=op.f("uq_credential_share_borrower_id_credential_id"),
        ),
    )
