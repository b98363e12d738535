"""Opening accounts, giving roles, and writing the trail."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from backend.staff.models import StaffAccount, StaffAction, StaffRole
from backend.staff.rules import Role


def add_staff(session: Session, *, email: str, roles: Collection[Role], now: datetime) -> UUID:
    """Open the account, or add the roles to the one that there is; returns its id."""
    address = email.lower()
    session.execute(
        insert(StaffAccount)
        .values(id=new_id(), email=address, created_at=now)
        .on_conflict_do_nothing(index_elements=["email"])
    )
    staff_id = session.execute(
        select(StaffAccount.id).where(StaffAccount.email == address)
    ).scalar_one()
    for role in sorted(roles):
        session.execute(
            insert(StaffRole)
            .values(staff_id=staff_id, role=role, granted_at=now)
            .on_conflict_do_nothing()
        )
    record_action(
        session,
        staff_id=None,
        action="staff.add",
        subject=f"staff:{staff_id}",
        details={"roles": sorted(roles)},
    )
    return staff_id


def record_action(
    session: Session,
    *,
    staff_id: UUID | None,
    action: str,
    subject: str,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of the trail, in the transaction of what it tells of."""
    session.execute(
        insert(StaffAction).values(
            id=new_id(),
            staff_id=staff_id,
            action=action,
            subject=subject,
            reason=reason,
            details=dict(details or {}),
        )
    )
