"""The tiers' part of what staff see of a borrower."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.programme_zone import programme_day
from backend.kit.texts import Locale
from backend.tiers import queries, staff_view
from backend.tiers.schemas import StaffTierSchema

_SCHEMA = StaffTierSchema()


def show_tier(
    session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
) -> Mapping[str, Any] | None:
    """Her tier by its internal code, and all that stands behind it; none before the first."""
    del locale
    if queries.find_state(session, borrower_id=borrower_id) is None:
        return None
    shown: Mapping[str, Any] = _SCHEMA.dump(
        staff_view.get_staff_tier(session, borrower_id=borrower_id, today=programme_day(now))
    )
    return shown


PANELS = {"tier": show_tier}
