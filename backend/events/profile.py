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
    """The facts of these borrowers were computed anew after a bulk store.

    `cause` names the event that told of it. `history`: facts of the past, too, for what was
    stored was history.
    """

    borrower_ids: tuple[UUID, ...]
    cause: str = "LoansSettled"
    history: bool = False
