"""What contact hears: that somebody is to be left in peace for some days."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from backend.contacts import service
from backend.events.community import ProtectiveHold
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler


def _on_protective_holds(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    for each in recorded:
        event = cast(ProtectiveHold, each.event)
        if event.borrower_id is not None:
            service.hold_protectively(
                session,
                borrower_id=event.borrower_id,
                until=event.until,
                said_at=event.occurred_at,
                now=now,
            )


HANDLERS = (Handler(name="contacts.protect", hears=(ProtectiveHold,), run=_on_protective_holds),)
