"""What alerts hear."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.events.community import CrisisRaised
from backend.kit import clock
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler
from notifications.alerts import service
from notifications.alerts.rules import Kind


def _on_crisis(session: Session, _recorded: Sequence[Recorded], _now: datetime) -> None:
    # Technical time: it rings at once even when a demo's day rests. A batch is one alert.
    service.raise_alert(session, kind=Kind.CRISIS, now=clock.wall())


HANDLERS = (Handler(name="alerts.crisis", hears=(CrisisRaised,), run=_on_crisis),)
