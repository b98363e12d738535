"""What happened between a person and a borrower; by what ways and why she is reached."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from backend.kit.outbox import Event


class Channel(StrEnum):
    """The ways in which she is reached, by a person or by machine."""

    CALL = "call"
    SMS = "sms"
    PUSH = "push"
    EMAIL = "email"
    VISIT = "visit"


class Purpose(StrEnum):
    """Why she is reached. Each has a preference per channel; security is always sent."""

    SECURITY = "security"
    RECEIPT = "receipt"
    PLAN = "plan"
    REMINDER = "reminder"
    REWARD = "reward"
    COMMUNITY = "community"
    GREETING = "greeting"
    MARKETING = "marketing"


@dataclass(frozen=True)
class ContactLogged(Event):
    """A contact was written into the ledger. `occurred_at` is when it was written down.

    `is_answer`: she herself was reached, or came by herself.
    """

    entry_id: UUID
    channel: str
    kind: str
    is_answer: bool = False
    backfill: bool = False
