"""Log-in by code, sessions with their refresh tokens, and revoked access tokens."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "login_session",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("amr", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "rotations",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_cause", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "audience IN ('borrower', 'staff')", name=op.f("ck_login_session_audience_known")
        ),
        sa.CheckConstraint("length(label) <= 200", name=op.f("ck_login_session_label_short")),
        sa.CheckConstraint(
            "length(revoked_cause) <= 40", name=op.f("ck_login_session_cause_short")
        ),
        sa.CheckConstraint(
            "last_used_at >= created_at", name=op.f("ck_login_session_used_after_made")
        ),
        sa.CheckConstraint("ends_at > created_at", name=op.f("ck_login_session_ends_after_made")),
        sa.CheckConstraint(
            "octet_length(token_hash) = 32", name=op.f("ck_login_session_token_hash_sha256")
        ),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_cause IS NULL)",
            name=op.f("ck_login_session_revoked_for_cause"),
        ),
        sa.PrimaryKeyConstraint("subject_id", "id", name=op.f("pk_login_session")),
    )
    op.create_index("ix_login_session_ends_at", "login_session", ["ends_at"], unique=False)
    op.create_table(
        "refresh_token",
        sa.Column("family_hash", sa.LargeBinary(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "octet_length(family_hash) = 32", name=op.f("ck_refresh_token_family_hash_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id", "session_id"],
            ["login_session.subject_id", "login_session.id"],
            name=op.f("fk_refresh_token_subject_id_session_id_login_session"),
        ),
        sa.PrimaryKeyConstraint("family_hash", name=op.f("pk_refresh_token")),
    )
    op.create_index(
        "ix_refresh_token_subject_id_session_id",
        "refresh_token",
        ["subject_id", "session_id"],
        unique=False,
    )
    op.create_table(
        "token_revocation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "written_by",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text::bigint)"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_revocation")),
    )
    op.create_index("ix_token_revocation_until", "token_revocation", ["until"], unique=False)
    op.create_index(
        "ix_token_revocation_written_by", "token_revocation", ["written_by"], unique=False
    )
    op.create_table(
        "otp_challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_otp_challenge_tries_bounded")),
        sa.CheckConstraint(
            "used_at IS NULL OR tries > 0", name=op.f("ck_otp_challenge_used_by_trying")
        ),
        sa.CheckConstraint(
            "expires_at > created_at", name=op.f("ck_otp_challenge_expires_after_made")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_otp_challenge")),
    )
    for name, columns in (
        ("ix_otp_challenge_phone_hash_created_at", ["phone_hash", "created_at"]),
        ("ix_otp_challenge_address_hash_created_at", ["address_hash", "created_at"]),
        ("ix_otp_challenge_created_at", ["created_at"]),
    ):
        op.create_index(name, "otp_challenge", columns, unique=False)
    op.create_table(
        "otp_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("sent >= 0", name=op.f("ck_otp_day_sent_not_negative")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_otp_day")),
    )
