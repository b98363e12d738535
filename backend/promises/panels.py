"""The staff's view of a borrower: what she promised."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.ports import BorrowerPanel
from backend.kit.texts import Locale
from backend.promises import queries
from backend.promises.rules import State
from backend.promises.wording import STATES


def show_promises(
    session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
) -> Mapping[str, Any]:
    """The newest of her promises."""
    del now
    rows = queries.list_newest(session, borrower_id=borrower_id)
    return {
        "promises": [
            {
                "id": str(row.id),
                "loan_id": str(row.loan_id),
                "currency": row.currency,
                "amount_minor": row.amount_minor,
                "paid_minor": row.paid_minor,
                "on": row.on_date.isoformat(),
                "given_by": row.given_by,
                "state": row.state,
                "state_text": STATES[State(row.state)].in_(locale),
            }
            for row in rows
        ]
    }


PANELS: dict[str, BorrowerPanel] = {"promises": show_promises}
