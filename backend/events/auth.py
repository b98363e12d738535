"""What happened to a borrower's log-in."""

from dataclasses import dataclass
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class LoggedInElsewhere(Event):
    """She, or somebody in her name, logged in while another session of hers goes on.

    `device`: as the client names itself, where it does.
    """

    session_id: UUID
    device: str | None = None
