"""The points' part of what staff see of a borrower."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.programme_zone import programme_day
from backend.kit.texts import Locale
from rewards.points import queries
from rewards.points.schemas import PointsPanelSchema

_SCHEMA = PointsPanelSchema()


def show_points(
    session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
) -> Mapping[str, Any]:
    """Her balances as she sees them, and what was asked for by hand."""
    del locale
    own = queries.get_own(session, borrower_id=borrower_id, today=programme_day(now))
    adjustments = queries.list_adjustments(session, borrower_id=borrower_id)
    shown: Mapping[str, Any] = _SCHEMA.dump(own | {"adjustments": adjustments})
    return shown


PANELS = {"points": show_points}
