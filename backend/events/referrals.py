"""What became of a referral."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class ReferralConfirmed(Event):
    """A friend who came on her word has paid her own first instalment on time.

    `borrower_id` is who referred; the friend is not named.
    """

    referral_id: UUID
