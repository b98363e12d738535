"""Sessions of staff in a browser."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "console_session",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "octet_length(secret_hash) = 32", name=op.f("ck_console_session_secret_hash_sha256")
        ),
        sa.ForeignKeyConstraint(
            ["subject_id", "session_id"],
            ["login_session.subject_id", "login_session.id"],
            name=op.f("fk_console_session_subject_id_session_id_login_session"),
        ),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_console_session")),
    )
    op.create_index(
        "ix_console_session_subject_id_session_id", "console_session", ["subject_id", "session_id"]
    )
