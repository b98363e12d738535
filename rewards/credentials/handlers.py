"""What credentials hear: that the award under them was taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from backend.events.badges import BadgeRevoked
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler
from rewards.credentials import service

NAME = "credentials.award_revoked"


def _on_revoked(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [cast(BadgeRevoked, each.event) for each in recorded]
    awards = {(e.borrower_id, e.award_id) for e in events if e.borrower_id is not None}
    service.revoke_of_awards(session, awards=awards, now=now)


HANDLERS = (Handler(name=NAME, hears=(BadgeRevoked,), run=_on_revoked),)
