"""What campaigns say to a borrower."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class CampaignMessage(Event):
    """An award of a campaign brings words of its own, approved with it, in both languages."""

    campaign_id: UUID
    decision_seq: int
    title_en: str
    title_zh_cn: str
    body_en: str
    body_zh_cn: str
