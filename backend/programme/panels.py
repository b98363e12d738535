"""The programme's part of what staff see of a borrower."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.texts import Locale
from backend.programme import queries
from backend.programme.schemas import EnrolmentSchema

_SCHEMA = EnrolmentSchema()


def show_enrolment(
    session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
) -> Mapping[str, Any]:
    """Where she stands in the programme. Codes speak for themselves: `locale` changes nothing."""
    del locale, now
    shown: Mapping[str, Any] = _SCHEMA.dump(
        queries.get_enrolment_view(session, borrower_id=borrower_id)
    )
    return shown


PANELS = {"programme": show_enrolment}
