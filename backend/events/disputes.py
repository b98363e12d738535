"""What happened to a dispute."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class DisputeStateChanged(Event):
    """A dispute was submitted (`before` is None), taken up, asked about, decided or withdrawn.

    Amounts in minor units of the loan's currency: waived, and left to the core to correct.
    """

    dispute_id: UUID
    loan_id: UUID
    about: str
    before: str | None
    after: str
    waived_minor: int = 0
    correction_minor: int = 0
    currency: str = ""
