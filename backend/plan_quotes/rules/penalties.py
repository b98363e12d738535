"""What a waiver of some months' penalty takes away."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Waiver:
    """A negative line to be: of which month, how much."""

    month: date
    amount_minor: int

    def as_json(self) -> dict[str, object]:
        """As it is kept and told to the core system."""
        return {"period": f"{self.month:%Y-%m}", "amount_minor": self.amount_minor}
