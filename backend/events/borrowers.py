"""What happened to a borrower's own particulars."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class BorrowerChanged(Event):
    """Her particulars were stored or changed by the lender's core system or by herself."""

    backfill: bool = False


@dataclass(frozen=True)
class BorrowersStored(Event):
    """Particulars of these borrowers were stored in bulk, as history."""

    borrower_ids: tuple[UUID, ...]
