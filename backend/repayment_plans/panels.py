"""The staff's view of a borrower: her requests and plans."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.ports import BorrowerPanel
from backend.kit.texts import Locale
from backend.repayment_plans import queries

SHOWN_MAX = 20


def show_plans(
    session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
) -> Mapping[str, Any]:
    """The newest, by codes that speak for themselves: `locale` changes nothing."""
    del locale, now
    args = {"limit": SHOWN_MAX, "cursor": None}
    found = queries.page_own(session, borrower_id=borrower_id, args=args)
    return {
        "requests": [
            {
                "id": str(row.id),
                "loan_id": str(row.loan_id),
                "kind": row.kind,
                "state": row.state,
                "due_on": row.due_on.isoformat(),
            }
            for row in found.items
        ]
    }


PANELS: dict[str, BorrowerPanel] = {"plans": show_plans}
