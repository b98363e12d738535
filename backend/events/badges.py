"""What happened to a borrower's badges."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class BadgeAwarded(Event):
    """She earned a badge, on a day of hers. Awards over the past are backfill. Its name as then."""

    award_id: UUID
    code: str
    version: int
    earned_on: date
    backfill: bool = False
    name_en: str = ""
    name_zh_cn: str = ""


@dataclass(frozen=True)
class BadgeRevoked(Event):
    """An award was taken back: the payment it rested on was, or a person decided so."""

    award_id: UUID
    code: str
