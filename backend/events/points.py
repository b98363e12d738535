"""What happened to a borrower's points."""

from dataclasses import dataclass
from datetime import date

from backend.kit.outbox import Event


@dataclass(frozen=True)
class PointsExpiringSoon(Event):
    """These points of hers can be spent until the end of that day, and it is near."""

    points: int
    expires_on: date
