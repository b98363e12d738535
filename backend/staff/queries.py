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


def find_roles(session: Session, *, staff_id: UUID) -> list[str] | None:
    """The roles of an active account; None when it is disabled or unknown."""
    row = session.execute(
        select(func.array_remove(func.array_agg(StaffRole.role), None).label("roles"))
        .select_from(StaffAccount)
        .outerjoin(StaffRole, StaffRole.staff_id == StaffAccount.id)
        .where(StaffAccount.id == staff_id, StaffAccount.disabled_at.is_(None))
        .group_by(StaffAccount.id)
    ).one_or_none()
    return None if row is None else row.roles
