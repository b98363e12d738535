"""The profile's part of what staff see of a borrower."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.predicates import value_to_json
from backend.kit.texts import Locale
from backend.profile import queries


def show_facts(
    session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
) -> Mapping[str, Any]:
    """Every fact with its name in the reader's language; an unknown one has no value."""
    facts = queries.get_facts(session, borrower_id=borrower_id, now=now)
    catalogue = queries.get_catalogue(session).facts
    return {
        "items": [
            {
                "name": name,
                "label": catalogue[name].label.in_(locale),
                "unit": catalogue[name].unit,
                "value": value_to_json(value),
            }
            for name, value in facts.items()
        ]
    }


PANELS = {"facts": show_facts}
