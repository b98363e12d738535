"""What happened to a case that may end the programme for somebody."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class ProcedureMoved(Event):
    """A case was opened or moved. `ground`: silence or forged_proof; `state`: where it stands."""

    procedure_id: UUID
    ground: str
    state: str
    backfill: bool = False
