"""Where she may be and the hours she named: each change is a new row, so history stays told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.borrowers.errors import BorrowerNotFound
from backend.borrowers.models import Borrower
from backend.contacts import queries
from backend.contacts.models import ContactTimes
from backend.contacts.rules import ZONES_MAX, Window
from backend.kit.clock import all_zones


def set_windows(
    session: Session,
    *,
    borrower_id: UUID,
    agreed: Sequence[Window],
    inconvenient: Sequence[Window],
    now: datetime,
) -> None:
    """Her hours from now on: those she agreed to and those that do not suit her."""
    _put(
        session,
        borrower_id=borrower_id,
        changes={
            "agreed": [list(each.as_words) for each in agreed],
            "inconvenient": [list(each.as_words) for each in inconvenient],
        },
        now=now,
    )


def set_candidate_zones(
    session: Session, *, borrower_id: UUID, zones: Sequence[str], now: datetime
) -> None:
    """Every zone that her devices tell of; with the one she named herself, each must allow.

    What is no zone of the IANA's is left out, and beyond `ZONES_MAX` the rest: a device may tell
    anything.
    """
    known = [zone for zone in dict.fromkeys(zones) if zone in all_zones()]
    _put(session, borrower_id=borrower_id, changes={"zones": known[:ZONES_MAX]}, now=now)


def _put(session: Session, *, borrower_id: UUID, changes: dict[str, Any], now: datetime) -> None:
    """A row from now on, unless nothing changes."""
    locked = session.execute(
        select(Borrower.id).where(Borrower.id == borrower_id).with_for_update(key_share=True)
    )
    if locked.first() is None:
        raise BorrowerNotFound
    current = queries.get_times(session, borrower_id=borrower_id)
    values = current | changes
    if values == current:
        return
    statement = upsert(ContactTimes).values(borrower_id=borrower_id, since=now, **values)
    session.execute(
        statement.on_conflict_do_update(index_elements=["borrower_id", "since"], set_=values)
    )
