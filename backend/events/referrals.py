"""What became of a referral. The friend is never named: `borrower_id` is who recommended."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class ReferralPromised(Event):
    """A friend said yes to her invitation; what it earns waits for the friend's first due date."""

    referral_id: UUID


@dataclass(frozen=True)
class ReferralConfirmed(Event):
    """A friend who came on her word has paid her own first instalment on time."""

    referral_id: UUID


@dataclass(frozen=True)
class ReferralUndone(Event):
    """It came to nothing: lapsed, rejected, or what had confirmed it was taken back."""

    referral_id: UUID
