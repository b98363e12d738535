"""Locking accounts before deciding about them, always in the order of their ids."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.kit.problems import Forbidden
from backend.staff.models import StaffAccount, StaffRole
from backend.staff.rules import Role, permissions_of

WRITES = "staff.write"


class Held:
    """Accounts that nobody else changes until the transaction ends, the admins' among them."""

    def __init__(self, accounts: dict[UUID, StaffAccount], roles: dict[UUID, set[str]]) -> None:
        self.accounts = accounts
        self.roles = roles

    def active_admins(self) -> set[UUID]:
        """Who could confirm something now: enrolled, not disabled, with the role."""
        return {
            staff_id
            for staff_id, account in self.accounts.items()
            if Role.ADMIN in self.roles[staff_id]
            and account.enrolled_at is not None
            and account.disabled_at is None
        }

    def may_write(self, staff_id: UUID) -> bool:
        """Whether she still has the power that her token says she has."""
        account = self.accounts.get(staff_id)
        if account is None or account.disabled_at is not None:
            return False
        return WRITES in permissions_of(frozenset(self.roles[staff_id]))

    def require_writer(self, staff_id: UUID) -> None:
        """Refuses: Forbidden."""
        if not self.may_write(staff_id):
            raise Forbidden(f"This needs the permission {WRITES}.")


def hold(session: Session, ids: Iterable[UUID]) -> Held:
    """Lock these accounts and all admins', and read what they hold once they are locked."""
    admins = select(StaffRole.staff_id).where(StaffRole.role == Role.ADMIN)
    # `key_share`: rows that merely name an account, as the trail does, are not kept waiting.
    accounts = session.execute(
        select(StaffAccount)
        .where(or_(StaffAccount.id.in_(set(ids)), StaffAccount.id.in_(admins)))
        .order_by(StaffAccount.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalars()
    found = {account.id: account for account in accounts}
    roles: dict[UUID, set[str]] = {staff_id: set() for staff_id in found}
    # A statement of its own: it sees what others stored while we waited for the locks.
    for row in session.execute(
        select(StaffRole.staff_id, StaffRole.role).where(StaffRole.staff_id.in_(found))
    ):
        roles[row.staff_id].add(row.role)
    return Held(found, roles)
