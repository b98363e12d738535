"""Opening accounts, and closing and reopening them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from backend.kit.problems import NotFound
from backend.staff import sessions
from backend.staff.errors import AccountDisabled, AccountEnabled, LastAdmin, OwnAccount
from backend.staff.models import StaffAccount, StaffRole
from backend.staff.rules import Role, leaves_no_admin
from backend.staff.service.locks import Held, hold
from backend.staff.service.trail import record_action

DISABLED = "account-disabled"


def add_staff(
    session: Session,
    *,
    email: str,
    roles: Collection[Role],
    now: datetime,
    reason: str | None = None,
) -> UUID:
    """Open the account, or add the roles to the one that there is; returns its id.

    For the command line alone: between people, roles change by two (`role_changes`).
    """
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
        reason=reason,
        details={"roles": sorted(roles)},
    )
    return staff_id


def set_display_name(session: Session, *, staff_id: UUID, name: str | None) -> None:
    """How borrowers who have talked with her read her name; None: not at all."""
    said = name.strip() if name else ""
    session.execute(
        update(StaffAccount).where(StaffAccount.id == staff_id).values(display_name=said or None)
    )


def disable(
    session: Session, *, staff_id: UUID, disabled_by: UUID | None, reason: str, now: datetime
) -> None:
    """Close an account and end its sessions. `disabled_by` is None for the command line.

    Refuses: NotFound, Forbidden, OwnAccount, AccountDisabled, LastAdmin (but not to the command
    line, which can open another).
    """
    held = _hold_for(session, staff_id=staff_id, by=disabled_by)
    account = held.accounts[staff_id]
    if account.disabled_at is not None:
        raise AccountDisabled
    is_last = leaves_no_admin(held.active_admins(), subject=staff_id, after=())
    if is_last and disabled_by is not None:
        raise LastAdmin
    account.disabled_at = now
    session.flush()
    sessions.end_all(session, staff_id=staff_id, cause=DISABLED)
    record_action(
        session,
        staff_id=disabled_by,
        action="staff.disable",
        subject=f"staff:{staff_id}",
        reason=reason,
    )


def enable(session: Session, *, staff_id: UUID, enabled_by: UUID | None, reason: str) -> None:
    """Open a closed account again: password, second factor and roles are as they were.

    Refuses: NotFound, Forbidden, OwnAccount, AccountEnabled.
    """
    held = _hold_for(session, staff_id=staff_id, by=enabled_by)
    account = held.accounts[staff_id]
    if account.disabled_at is None:
        raise AccountEnabled
    account.disabled_at = None
    session.flush()
    record_action(
        session,
        staff_id=enabled_by,
        action="staff.enable",
        subject=f"staff:{staff_id}",
        reason=reason,
    )


def _hold_for(session: Session, *, staff_id: UUID, by: UUID | None) -> Held:
    if by == staff_id:
        raise OwnAccount
    held = hold(session, [staff_id] if by is None else [staff_id, by])
    if by is not None:
        held.require_writer(by)
    if staff_id not in held.accounts:
        raise NotFound
    return held
