"""What happened to a borrower's tier."""

from dataclasses import dataclass

from backend.kit.outbox import Event


@dataclass(frozen=True)
class TierChanged(Event):
    """She is in another tier now. Internal codes; a higher rank is better."""

    from_tier: str | None
    to_tier: str
    from_rank: int | None
    to_rank: int
    policy_version: int
    backfill: bool = False
