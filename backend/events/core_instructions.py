"""What the core system was asked to do, and what it answered."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class CoreInstructionWritten(Event):
    """An instruction waits for the core system. What it says stands in its row."""

    instruction_id: UUID
    kind: str


@dataclass(frozen=True)
class InstructionAcknowledged(Event):
    """The core system has an instruction. `occasion`: what it was asked for."""

    instruction_id: UUID
    kind: str
    occasion: str
