"""What happened to a promise to pay."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class PromiseStateChanged(Event):
    """A promise was made (`before` is None), kept, broken, withdrawn, or is open again.

    Amounts in minor units of the loan's currency.
    """

    promise_id: UUID
    loan_id: UUID
    before: str | None
    after: str
    amount_minor: int
    paid_minor: int
    on: date
    currency: str = ""
