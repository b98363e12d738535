"""Staff accounts, how they let their owners in, how roles change, and the trail of it all."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from backend.staff.rules import ChangeState, Role

_ROLES = ", ".join(f"'{role}'" for role in Role)
_CHANGE_STATES = ", ".join(f"'{state}'" for state in ChangeState)


class StaffAccount(Base):
    """A member of staff. The address is her log-in name, stored in lower case.

    Enrolled, she has a password (hashed) and a second factor (`totp`, sealed); `totp_last_step`
    is the step of the last code that was accepted. `let_in_by` gave her the enrolment code; nobody
    did when it came from the command line.
    """

    __tablename__ = "staff_account"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        CheckConstraint(
            "(enrolled_at IS NULL) = (password_hash IS NULL)"
            " AND (enrolled_at IS NULL) = (totp IS NULL)",
            name="enrolled_with_both_factors",
        ),
        CheckConstraint("let_in_by <> id", name="nobody_lets_herself_in"),
        CheckConstraint("length(display_name) BETWEEN 1 AND 60", name="display_name_short"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    enrolled_at: Mapped[datetime | None]
    password_hash: Mapped[str | None]
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int | None]
    let_in_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    last_log_in_at: Mapped[datetime | None]
    # As borrowers read it of whom they have talked with; she sets it herself.
    display_name: Mapped[str | None]


class StaffEnrolment(Base):
    """An enrolment code that was given out, and what its bearer has chosen with it so far.

    One an account: a new code replaces the old one. Gone once it has been confirmed.
    """

    __tablename__ = "staff_enrolment"
    __table_args__ = (
        CheckConstraint(
            "(started_at IS NULL) = (password_hash IS NULL)"
            " AND (started_at IS NULL) = (totp IS NULL)"
            " AND (started_at IS NULL) = (recovery_hashes IS NULL)",
            name="started_with_everything",
        ),
        CheckConstraint("issued_by <> staff_id", name="nobody_lets_herself_in"),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    password_hash: Mapped[str | None]
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    recovery_hashes: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))


class StaffRecoveryCode(Base):
    """One recovery code of one account; what is used stays, so that it is known to be used."""

    __tablename__ = "staff_recovery_code"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]


class StaffLogInFailures(Base):
    """Failed log-ins under one key: an account's address, known or not, or a client's address.

    The key is a keyed hash, so the table does not tell who was tried.
    """

    __tablename__ = "staff_log_in_failures"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures_not_negative"),)

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    since_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]


class StaffSsoState(Base):
    """A single sign-on that was begun and has not come back: one row a `state`, used once."""

    __tablename__ = "staff_sso_state"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class StaffRole(Base):
    """One role of one account."""

    __tablename__ = "staff_role"
    __table_args__ = (CheckConstraint(f"role IN ({_ROLES})", name="role_is_known"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    granted_at: Mapped[datetime]


class StaffRoleChange(Base):
    """A change of somebody's roles: one admin asks, another confirms or rejects."""

    __tablename__ = "staff_role_change"
    __table_args__ = (
        CheckConstraint(f"state IN ({_CHANGE_STATES})", name="state_is_known"),
        CheckConstraint(
            "requested_by <> staff_id AND decided_by <> staff_id", name="not_ones_own_roles"
        ),
        CheckConstraint("decided_by <> requested_by", name="decided_by_a_second_person"),
        CheckConstraint(
            "(state IN ('confirmed', 'rejected')) = (decided_by IS NOT NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="pending_until_decided"),
        Index("ix_staff_role_change_requested_at_id", "requested_at", "id"),
        Index(
            "uq_staff_role_change_pending",
            "staff_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    add_roles: Mapped[list[Any]]
    remove_roles: Mapped[list[Any]]
    reason: Mapped[str]
    state: Mapped[str]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    decided_at: Mapped[datetime | None]


class StaffAction(Base):
    """What somebody did in her office. Added only. `staff_id` is empty for the command line."""

    __tablename__ = "staff_action"
    __table_args__ = (Index("ix_staff_action_at_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    action: Mapped[str]
    subject: Mapped[str]
    reason: Mapped[str | None]
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
