"""What the community lets out: no text, no handle, no post."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class HelpfulAnswerConfirmed(Event):
    """A moderator confirmed that an answer of hers helped. `week` is that week's Monday."""

    week: date


@dataclass(frozen=True)
class ProtectiveHold(Event):
    """She is not to be reached before `until`, at most 14 days on. It says nothing of why."""

    until: datetime


@dataclass(frozen=True)
class PostHeld(Event):
    """Something that she wrote waits for a person."""


@dataclass(frozen=True)
class PostRemoved(Event):
    """Something that she wrote was taken down."""


@dataclass(frozen=True)
class MemberSanctioned(Event):
    """A decision about something of hers counts from now on: she reads which in the community."""

    decision_id: UUID


@dataclass(frozen=True)
class AppealAnswered(Event):
    """Somebody else looked again at a decision about something of hers."""

    decision_id: UUID


@dataclass(frozen=True)
class ReportAnswered(Event):
    """What she reported was looked at."""


@dataclass(frozen=True)
class CrisisRaised(Event):
    """Somebody may be in need: a human must look, now. It says nothing of whom."""
