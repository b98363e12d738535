"""Staff log in with a password and a second factor; roles change by two admins."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ACCOUNT = "staff_account.id"


def upgrade() -> None:
    _extend_accounts()
    op.create_table(
        "staff_enrolment",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("recovery_hashes", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "(started_at IS NULL) = (password_hash IS NULL)"
            " AND (started_at IS NULL) = (totp IS NULL)"
            " AND (started_at IS NULL) = (recovery_hashes IS NULL)",
            name=op.f("ck_staff_enrolment_started_with_everything"),
        ),
        sa.CheckConstraint(
            "issued_by <> staff_id", name=op.f("ck_staff_enrolment_nobody_lets_herself_in")
        ),
        _of_account("staff_enrolment", "staff_id"),
        _of_account("staff_enrolment", "issued_by"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_enrolment")),
    )
    op.create_table(
        "staff_recovery_code",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        _of_account("staff_recovery_code", "staff_id"),
        sa.PrimaryKeyConstraint("staff_id", "code_hash", name=op.f("pk_staff_recovery_code")),
    )
    op.create_table(
        "staff_log_in_failures",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "failures >= 0", name=op.f("ck_staff_log_in_failures_failures_not_negative")
        ),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_staff_log_in_failures")),
    )
    op.create_index("ix_staff_log_in_failures_last_at", "staff_log_in_failures", ["last_at"])
    op.create_table(
        "staff_sso_state",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_staff_sso_state")),
    )
    op.create_index("ix_staff_sso_state_expires_at", "staff_sso_state", ["expires_at"])
    _create_role_changes()


def _of_account(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [ACCOUNT], name=op.f(f"fk_{table}_{column}_staff_account")
    )


def _extend_accounts() -> None:
    for column in (
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("let_in_by", sa.Uuid(), nullable=True),
        sa.Column("last_log_in_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("staff_account", column)
    op.create_foreign_key(
        op.f("fk_staff_account_let_in_by_staff_account"),
        "staff_account",
        "staff_account",
        ["let_in_by"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_staff_account_enrolled_with_both_factors"),
        "staff_account",
        "(enrolled_at IS NULL) = (password_hash IS NULL)"
        " AND (enrolled_at IS NULL) = (totp IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_staff_account_nobody_lets_herself_in"), "staff_account", "let_in_by <> id"
    )


def _create_role_changes() -> None:
    table = "staff_role_change"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("add_roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remove_roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'confirmed', 'rejected', 'expired')",
            name=op.f(f"ck_{table}_state_is_known"),
        ),
        sa.CheckConstraint(
            "requested_by <> staff_id AND decided_by <> staff_id",
            name=op.f(f"ck_{table}_not_ones_own_roles"),
        ),
        sa.CheckConstraint(
            "decided_by <> requested_by", name=op.f(f"ck_{table}_decided_by_a_second_person")
        ),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'rejected')) = (decided_by IS NOT NULL)",
            name=op.f(f"ck_{table}_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "(state = 'pending') = (decided_at IS NULL)",
            name=op.f(f"ck_{table}_pending_until_decided"),
        ),
        _of_account(table, "staff_id"),
        _of_account(table, "requested_by"),
        _of_account(table, "decided_by"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index("ix_staff_role_change_requested_at_id", table, ["requested_at", "id"])
    op.create_index(
        "uq_staff_role_change_pending",
        table,
        ["staff_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
