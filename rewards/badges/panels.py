"""The badges' part of what staff see of a borrower."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.fields import instant_text
from backend.kit.texts import Locale, Text
from rewards.badges import queries


def show_badges(
    session: Session,
    *,
    borrower_id: UUID,
    locale: Locale,
    now: datetime,  # noqa: ARG001 - a panel's shape
) -> Mapping[str, Any]:
    """Her awards, the newest first, with their ids for whoever may take one back."""
    rows = queries.list_recent(session, borrower_id=borrower_id)
    return {
        "items": [
            {
                "id": str(row.id),
                "code": row.code,
                "version": row.version,
                "name": Text.from_json(row.document["name"]).in_(locale),
                "period": row.period or None,
                "state": row.state,
                "earned_on": str(row.earned_on),
                "awarded_at": instant_text(row.awarded_at),
                "facts": row.facts,
                "revoked_cause": row.revoked_cause,
                "revoked_note": row.revoked_note,
            }
            for row in rows
        ]
    }


PANELS = {"badges": show_badges}
