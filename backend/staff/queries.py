"""Reads of staff accounts and their trail."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, case, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from backend.kit.problems import NotFound
from backend.staff.errors import StaffUnknown
from backend.staff.models import (
    StaffAccount,
    StaffAction,
    StaffRecoveryCode,
    StaffRole,
    StaffRoleChange,
)
from backend.staff.rules import AccountState, ChangeState, Role

NO_ROLES = array([], type_=String)


def select_names() -> Select[*tuple[Any, ...]]:
    """Of those in office the names that borrowers may read, for a statement that joins it."""
    return select(StaffAccount.id.label("staff_id"), StaffAccount.display_name).where(
        StaffAccount.display_name.is_not(None), StaffAccount.disabled_at.is_(None)
    )


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


def find_active(session: Session, *, staff_id: UUID) -> AnyRow | None:
    """Address and roles of an active account; None when it is disabled or unknown."""
    return session.execute(
        select(
            StaffAccount.email,
            func.array_remove(func.array_agg(StaffRole.role), None).label("roles"),
        )
        .outerjoin(StaffRole, StaffRole.staff_id == StaffAccount.id)
        .where(StaffAccount.id == staff_id, StaffAccount.disabled_at.is_(None))
        .group_by(StaffAccount.id)
    ).one_or_none()


def find_emails(session: Session, *, ids: Collection[UUID | None]) -> dict[UUID, str]:
    """The addresses of these accounts, whatever their state."""
    rows = session.execute(
        select(StaffAccount.id, StaffAccount.email).where(
            StaffAccount.id.in_([each for each in ids if each is not None])
        )
    )
    return {row.id: row.email for row in rows}


def find_id(session: Session, *, email: str) -> UUID | None:
    """The account of this address, whatever its state."""
    return session.execute(
        select(StaffAccount.id).where(StaffAccount.email == email)
    ).scalar_one_or_none()


def find_password_hash(session: Session, *, email: str) -> str | None:
    """What a password is compared with; None when no active account has this address."""
    return session.execute(
        select(StaffAccount.password_hash).where(
            StaffAccount.email == email, StaffAccount.disabled_at.is_(None)
        )
    ).scalar_one_or_none()


def list_hands(session: Session, *, staff_id: UUID) -> list[UUID]:
    """The account, who let it in, who let that one in, and so on."""
    hands = (
        select(StaffAccount.id, StaffAccount.let_in_by)
        .where(StaffAccount.id == staff_id)
        .cte("hands", recursive=True)
    )
    before = select(StaffAccount.id, StaffAccount.let_in_by).join(
        hands, StaffAccount.id == hands.c.let_in_by
    )
    # UNION, not UNION ALL: two may have let each other in.
    whole = hands.union(before)
    return list(session.execute(select(whole.c.id)).scalars())


def page_accounts(session: Session, *, state: str | None, args: Mapping[str, Any]) -> Page:
    """Accounts by their address."""
    query = _accounts()
    if state is not None:
        query = query.where(_account_state() == state)
    return page(session, query, keys=(StaffAccount.email,), args=args)


def get_account_view(session: Session, *, staff_id: UUID) -> AnyRow:
    """One account. Refuses: NotFound."""
    row = session.execute(_accounts().where(StaffAccount.id == staff_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def page_role_changes(
    session: Session, *, state: str | None, args: Mapping[str, Any], now: datetime
) -> Page:
    """Role changes, newest first."""
    query = _changes(now)
    if state is not None:
        query = query.where(_change_state(now) == state)
    keys = (StaffRoleChange.requested_at, StaffRoleChange.id)
    return page(session, query, keys=keys, descending=True, args=args)


def get_role_change(session: Session, *, change_id: UUID, now: datetime) -> AnyRow:
    """One change. Refuses: NotFound."""
    row = session.execute(_changes(now).where(StaffRoleChange.id == change_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _account_state() -> Any:
    return case(
        (StaffAccount.disabled_at.is_not(None), AccountState.DISABLED),
        (StaffAccount.enrolled_at.is_(None), AccountState.INVITED),
        else_=AccountState.ACTIVE,
    )


def _accounts() -> Select[Any]:
    roles = (
        select(
            func.coalesce(
                func.array_agg(aggregate_order_by(StaffRole.role, StaffRole.role)), NO_ROLES
            )
        )
        .where(StaffRole.staff_id == StaffAccount.id)
        .scalar_subquery()
    )
    codes_left = (
        select(func.count())
        .where(StaffRecoveryCode.staff_id == StaffAccount.id, StaffRecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    return select(
        StaffAccount.id,
        StaffAccount.email,
        _account_state().label("state"),
        roles.label("roles"),
        StaffAccount.created_at,
        StaffAccount.enrolled_at,
        StaffAccount.disabled_at,
        StaffAccount.last_log_in_at,
        codes_left.label("recovery_codes_left"),
    )


def _change_state(now: datetime) -> Any:
    # What is late is expired, whether or not the night has written it down.
    is_late = (StaffRoleChange.state == ChangeState.PENDING) & (StaffRoleChange.expires_at <= now)
    return case((is_late, ChangeState.EXPIRED), else_=StaffRoleChange.state)


def _changes(now: datetime) -> Select[Any]:
    return select(
        StaffRoleChange.id,
        StaffRoleChange.staff_id,
        StaffRoleChange.add_roles.label("add"),
        StaffRoleChange.remove_roles.label("remove"),
        StaffRoleChange.reason,
        _change_state(now).label("state"),
        StaffRoleChange.requested_by,
        StaffRoleChange.requested_at,
        StaffRoleChange.expires_at,
        StaffRoleChange.decided_by,
        StaffRoleChange.decided_at,
    )
