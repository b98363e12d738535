"""Reads of staff accounts and their trail."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from backend.staff.errors import StaffUnknown
from backend.staff.models import StaffAccount, StaffAction, StaffRole
from backend.staff.rules import Role


def get_account(session: Session, *, email: str) -> AnyRow:
    """An active account's id and roles. Refuses: StaffUnknown."""
    roles = func.array_remove(func.array_agg(StaffRole.role), None)
    row = session.execute(
        select(StaffAccount.id, StaffAccount.email, roles.label("roles"))
        .outerjoin(StaffRole, StaffRole.staff_id == StaffAccount.id)
        .where(StaffAccount.email == email.lower(), StaffAccount.disabled_at.is_(None))
        .group_by(StaffAccount.id)
    ).one_or_none()
    if row is None:
        raise StaffUnknown
    return row


def holds_role(session: Session, *, staff_id: UUID, role: Role) -> bool:
    """Whether this is an active account with the role."""
    found = (
        select(StaffAccount.id)
        .join(StaffRole, StaffRole.staff_id == StaffAccount.id)
        .where(
            StaffAccount.id == staff_id,
            StaffAccount.disabled_at.is_(None),
            StaffRole.role == role,
        )
    )
    return session.execute(found).first() is not None


def find_email(session: Session, *, staff_id: UUID) -> str | None:
    return session.execute(
        select(StaffAccount.email).where(StaffAccount.id == staff_id)
    ).scalar_one_or_none()


def list_actions(session: Session, *, args: Mapping[str, Any]) -> Page:
    """The trail, newest first."""
    query = select(
        StaffAction.id,
        StaffAction.staff_id,
        StaffAction.action,
        StaffAction.subject,
        StaffAction.reason,
        StaffAction.details,
        StaffAction.at,
    )
    return page(session, query, keys=(StaffAction.at, StaffAction.id), descending=True, args=args)
