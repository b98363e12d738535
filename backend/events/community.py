"""What the community lets out: no text, no handle, no post."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.kit.outbox import Event


@dataclass(frozen=True)
class HelpfulAnswerConfirmed(Event):
    """A moderator confirmed that an answer of hers helped. `week` is that week's Monday."""

    week: date


@dataclass(frozen=True)
class ProtectiveHold(Event):
    """She is not to be reached before `until`, at most 14 days on. It says nothing of why."""

    until: datetime
