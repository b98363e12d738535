"""The trail of what staff and operators did. Ids, names of roles and reasons; never a secret."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from backend.staff.models import StaffAction


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
