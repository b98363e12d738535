"""What came of recommending the programme."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class ReferralConfirmed(Event):
    """A friend whom she brought kept her own first due date. `borrower_id` is who recommended."""

    referral_id: UUID


@dataclass(frozen=True)
class ReferralUndone(Event):
    """What confirmed a referral turned out not to be so."""

    referral_id: UUID
