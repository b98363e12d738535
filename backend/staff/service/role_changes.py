"""Roles change by two people: one admin asks, another confirms or rejects."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from backend.kit.problems import NotFound
from backend.kit.texts import Text
from backend.staff import queries, sessions
from backend.staff.errors import (
    LastAdmin,
    RoleChangeOpen,
    RoleChangeSettled,
    RoleChangeVoid,
    SecondPersonNeeded,
)
from backend.staff.models import StaffRole, StaffRoleChange
from backend.staff.rules import (
    ROLE_CHANGE_LIFE,
    ChangeState,
    Role,
    are_two_people,
    leaves_no_admin,
    may_move,
    roles_after,
)
from backend.staff.service.locks import Held, hold
from backend.staff.service.trail import record_action

ROLE_LOST = "role-lost"
ONE_HAND = Text(
    "One of you let the other in by an enrolment code; somebody else must do this.",
    "你们其中一人曾以注册码为另一人开通账户，须由其他人完成此操作。",
)
REQUESTER_GONE = Text(
    "Whoever asked for this may not do so any more.", "提出此变更的人已无相应权限。"
)


def request_change(
    session: Session,
    *,
    staff_id: UUID,
    add: Collection[Role],
    remove: Collection[Role],
    reason: str,
    requested_by: UUID,
    now: datetime,
) -> UUID:
    """Ask for a change, to be confirmed within 72 hours; returns its id.

    Refuses: NotFound, Forbidden, SecondPersonNeeded, RoleChangeOpen, RoleChangeVoid, LastAdmin.
    """
    if requested_by == staff_id:
        raise SecondPersonNeeded
    held = hold(session, [staff_id, requested_by])
    held.require_writer(requested_by)
    if staff_id not in held.accounts:
        raise NotFound
    _expire(session, now=now, staff_id=staff_id)
    if _is_one_open(session, staff_id=staff_id):
        raise RoleChangeOpen
    _check(held, staff_id=staff_id, add=add, remove=remove)
    change_id = new_id()
    session.execute(
        insert(StaffRoleChange).values(
            id=change_id,
            staff_id=staff_id,
            add_roles=sorted(add),
            remove_roles=sorted(remove),
            reason=reason,
            state=ChangeState.PENDING,
            requested_by=requested_by,
            requested_at=now,
            expires_at=now + ROLE_CHANGE_LIFE,
        )
    )
    record_action(
        session,
        staff_id=requested_by,
        action="staff.role_change.request",
        subject=f"staff:{staff_id}",
        reason=reason,
        details={"change": str(change_id), "add": sorted(add), "remove": sorted(remove)},
    )
    return change_id


def decide(
    session: Session, *, change_id: UUID, outcome: ChangeState, decided_by: UUID, now: datetime
) -> None:
    """Confirm a change, which makes it so at once, or reject it.

    Who loses a role loses her sessions as well: their tokens name it.
    Refuses: NotFound, Forbidden, SecondPersonNeeded, RoleChangeSettled, RoleChangeVoid, LastAdmin.
    """
    asked = session.get(StaffRoleChange, change_id)
    if asked is None:
        raise NotFound
    # Accounts before changes, as those who ask lock them: nobody waits for one another.
    held = hold(session, [asked.staff_id, asked.requested_by, decided_by])
    change = session.get_one(
        StaffRoleChange, change_id, with_for_update=True, populate_existing=True
    )
    if decided_by in (change.requested_by, change.staff_id):
        raise SecondPersonNeeded
    held.require_writer(decided_by)
    if now >= change.expires_at or not may_move(ChangeState(change.state), outcome):
        raise RoleChangeSettled
    if outcome is ChangeState.CONFIRMED:
        _require_two_people(session, held, change, decided_by=decided_by)
        _make_it_so(session, held, change, now=now)
    change.state = outcome
    change.decided_by = decided_by
    change.decided_at = now
    session.flush()
    record_action(
        session,
        staff_id=decided_by,
        action=f"staff.role_change.{outcome}",
        subject=f"staff:{change.staff_id}",
        reason=change.reason,
        details={
            "change": str(change.id),
            "add": change.add_roles,
            "remove": change.remove_roles,
        },
    )


def expire_role_changes(session: Session, *, now: datetime) -> int:
    """Write down which changes nobody decided in time; answers how many."""
    return _expire(session, now=now)


def _require_two_people(
    session: Session, held: Held, change: StaffRoleChange, *, decided_by: UUID
) -> None:
    if not held.may_write(change.requested_by):
        raise SecondPersonNeeded(REQUESTER_GONE)
    asks, confirms = (
        frozenset(queries.list_hands(session, staff_id=each))
        for each in (change.requested_by, decided_by)
    )
    if not are_two_people(asks, confirms):
        raise SecondPersonNeeded(ONE_HAND)


def _check(held: Held, *, staff_id: UUID, add: Iterable[str], remove: Iterable[str]) -> set[str]:
    """The roles that the account holds now. Refuses: RoleChangeVoid, LastAdmin."""
    holds = held.roles[staff_id]
    after = roles_after(holds, add=list(add), remove=list(remove))
    if after == holds:
        raise RoleChangeVoid
    if leaves_no_admin(held.active_admins(), subject=staff_id, after=after):
        raise LastAdmin
    return holds


def _make_it_so(session: Session, held: Held, change: StaffRoleChange, *, now: datetime) -> None:
    holds = _check(held, staff_id=change.staff_id, add=change.add_roles, remove=change.remove_roles)
    for role in change.add_roles:
        session.execute(
            insert(StaffRole)
            .values(staff_id=change.staff_id, role=role, granted_at=now)
            .on_conflict_do_nothing()
        )
    session.execute(
        delete(StaffRole).where(
            StaffRole.staff_id == change.staff_id, StaffRole.role.in_(change.remove_roles)
        )
    )
    if holds & set(change.remove_roles):
        sessions.end_all(session, staff_id=change.staff_id, cause=ROLE_LOST)


def _is_one_open(session: Session, *, staff_id: UUID) -> bool:
    found = session.execute(
        select(StaffRoleChange.id).where(
            StaffRoleChange.staff_id == staff_id, StaffRoleChange.state == ChangeState.PENDING
        )
    )
    return found.first() is not None


def _expire(session: Session, *, now: datetime, staff_id: UUID | None = None) -> int:
    late = update(StaffRoleChange).where(
        StaffRoleChange.state == ChangeState.PENDING, StaffRoleChange.expires_at <= now
    )
    if staff_id is not None:
        late = late.where(StaffRoleChange.staff_id == staff_id)
    expired = session.execute(
        late.values(state=ChangeState.EXPIRED, decided_at=now)
        .returning(StaffRoleChange.id)
        .execution_options(synchronize_session=False)
    )
    return len(expired.all())
