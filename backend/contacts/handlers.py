"""What contacts hear: that somebody is to be left in peace, and not why."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.contacts import service
from backend.events.community import ProtectiveHold
from backend.kit.clock import day_in_zone
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler

CAUSE = "protective"
DAYS_MAX = 14


def _on_holds(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    for each in recorded:
        event = each.event
        if not isinstance(event, ProtectiveHold) or event.borrower_id is None:
            continue
        zone = borrowers.find_timezone(session, borrower_id=event.borrower_id)
        if zone is None:
            continue
        # Through its last day, and never through a fifteenth.
        last = day_in_zone(event.occurred_at, zone) + timedelta(days=DAYS_MAX - 1)
        until_on = min(day_in_zone(event.until, zone), last)
        service.hold(
            session, borrower_id=event.borrower_id, cause=CAUSE, until_on=until_on, now=now
        )


HANDLERS = (Handler(name="contacts.protective-hold", hears=(ProtectiveHold,), run=_on_holds),)
