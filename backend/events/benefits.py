"""What happened to a request for a benefit."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class WaiverRequestStateChanged(Event):
    """A request to waive penalty interest was made (`before` is None), decided or withdrawn.

    Amounts in minor units of the loan's currency.
    """

    request_id: UUID
    loan_id: UUID
    before: str | None
    after: str
    is_automatic: bool
    waived_minor: int = 0
