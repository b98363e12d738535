"""What the core system was asked to do."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class CoreInstructionWritten(Event):
    """An instruction waits for the core system. What it says stands in its row."""

    instruction_id: UUID
    kind: str
