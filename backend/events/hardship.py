"""What happened to a borrower's hardship."""

from dataclasses import dataclass

from backend.kit.outbox import Event


@dataclass(frozen=True)
class HardshipChanged(Event):
    """Relief began or ended. Why she needs it is nobody's news."""

    is_active: bool
