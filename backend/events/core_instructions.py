"""What the core system answered."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class InstructionAcknowledged(Event):
    """The core system has an instruction. `occasion`: what it was asked for."""

    instruction_id: UUID
    kind: str
    occasion: str
