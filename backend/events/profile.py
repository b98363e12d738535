"""What happened to the facts that policies read."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class FactsChanged(Event):
    """The fact row has absorbed the event `cause_seq`, whose name is `cause`."""

    cause: str
    cause_seq: int
    backfill: bool = False


@dataclass(frozen=True)
class FactsRebuilt(Event):
    """The facts of these borrowers, past and present, were computed anew after a bulk store."""

    borrower_ids: tuple[UUID, ...]
