"""What happened to what a borrower exchanged her points for."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class RedemptionMoved(Event):
    """A redemption of hers went from one state to another; asking for it is not among them."""

    redemption_id: UUID
    kind: str
    before: str
    after: str
