"""What happened to a borrower's benefits."""

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
    currency: str = ""


@dataclass(frozen=True)
class BenefitGranted(Event):
    """She was given a benefit. `state`: offered, or activated where nothing is asked of her.

    `cause`: what it was given for, as its row says.
    """

    grant_id: UUID
    kind: str
    state: str
    cause: str = ""


@dataclass(frozen=True)
class BenefitChanged(Event):
    """She took it up or declined it, or it ended. What the core system acknowledges, it knows."""

    grant_id: UUID
    kind: str
    state: str
