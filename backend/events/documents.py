"""What happened to a borrower's documents."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class ForgerySuspected(Event):
    """Somebody thinks a document forged. She may answer up to and including a day."""

    document_id: UUID
    reply_until_on: date


@dataclass(frozen=True)
class ForgeryUpheld(Event):
    """Another person found it forged, after her answer or the end of her time for one."""

    document_id: UUID
