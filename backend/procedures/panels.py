"""The procedures' part of what staff see of a borrower."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.texts import Locale
from backend.procedures import queries


def show_procedures(
    session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
) -> Mapping[str, Any]:
    """Her cases. Codes speak for themselves: `locale` changes nothing."""
    del locale, now
    return {
        "items": [
            {
                "id": str(each["id"]),
                "ground": each["ground"],
                "state": each["state"],
                "reply_until_on": each["reply_until_on"].isoformat(),
            }
            for each in queries.list_own(session, borrower_id=borrower_id)
        ]
    }


PANELS = {"procedures": show_procedures}
