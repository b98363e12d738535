"""What happened between a person and a borrower."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class ContactLogged(Event):
    """A contact was written into the ledger. `occurred_at` is when it was written down.

    `is_answer`: she herself was reached, or came by herself.
    """

    entry_id: UUID
    channel: str
    kind: str
    is_answer: bool = False
    backfill: bool = False
