"""Staff accounts and the trail of their actions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from backend.staff.rules import Role

_ROLES = ", ".join(f"'{role}'" for role in Role)


class StaffAccount(Base):
    """A member of staff. The address is her log-in name, stored in lower case."""

    __tablename__ = "staff_account"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower_case"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class StaffRole(Base):
    """One role of one account."""

    __tablename__ = "staff_role"
    __table_args__ = (CheckConstraint(f"role IN ({_ROLES})", name="role_is_known"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    granted_at: Mapped[datetime]


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
