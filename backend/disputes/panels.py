"""The staff's view of a borrower: what she disputes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.disputes import queries
from backend.kit.ports import BorrowerPanel
from backend.kit.texts import Locale


def show_disputes(
    session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
) -> Mapping[str, Any]:
    """The newest of her disputes. Codes speak for themselves: `locale` changes nothing."""
    del locale, now
    rows = queries.list_newest(session, borrower_id=borrower_id)
    return {
        "disputes": [
            {
                "id": str(row.id),
                "loan_id": str(row.loan_id),
                "about": row.about,
                "state": row.state,
                "due_on": row.due_on.isoformat(),
            }
            for row in rows
        ]
    }


PANELS: dict[str, BorrowerPanel] = {"disputes": show_disputes}
