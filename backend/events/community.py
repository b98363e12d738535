"""What the community lets out: no text, no handle, no post."""

from dataclasses import dataclass
from datetime import date

from backend.kit.outbox import Event


@dataclass(frozen=True)
class HelpfulAnswerConfirmed(Event):
    """A moderator confirmed that an answer of hers helped. `week` is that week's Monday."""

    week: date
