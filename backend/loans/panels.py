"""The loans' part of what staff see of a borrower."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.texts import Locale
from backend.loans import queries
from backend.loans.schemas import LoanSchema

_SCHEMA = LoanSchema(many=True)


def show_loans(
    session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
) -> Mapping[str, Any]:
    """Her loans, newest first. Figures speak for themselves: `locale` changes nothing."""
    del locale
    loans = queries.list_panel(session, borrower_id=borrower_id, now=now)
    return {"items": _SCHEMA.dump(loans)}


PANELS = {"loans": show_loans}
