"""The staff's view of a borrower: what keeps her in peace."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.contacts import queries
from backend.kit.ports import BorrowerPanel
from backend.kit.programme_zone import programme_day
from backend.kit.texts import Locale


def show_holds(
    session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
) -> Mapping[str, Any]:
    """The holds of today. Codes speak for themselves: `locale` changes nothing."""
    del locale
    held = queries.list_holds(session, borrower_id=borrower_id, today=programme_day(now))
    return {"holds": [{"cause": row.cause, "until_on": row.until_on.isoformat()} for row in held]}


PANELS: dict[str, BorrowerPanel] = {"contacts": show_holds}
