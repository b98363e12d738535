"""Staff as services see them, and whom they look after."""

from uuid import UUID

from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.kit.audience import Audience, Caller
from backend.kit.ids import new_id
from backend.staff.rules import Role, permissions_of
from tests.clock import NOW


def make_viewer(*roles: Role, id: UUID | None = None) -> Caller:  # noqa: A002 - the field's name
    held = frozenset(str(role) for role in roles)
    return Caller(
        audience=Audience.STAFF,
        id=id or new_id(),
        token_id=new_id(),
        roles=held,
        permissions=permissions_of(held),
    )


def make_assignment(session: Session, *, staff_id: UUID | None, borrower_id: UUID) -> None:
    """From now on she looks after this borrower."""
    assert staff_id is not None
    borrowers.assign(session, borrower_id=borrower_id, staff_id=staff_id, by=None, now=NOW)
