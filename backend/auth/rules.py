"""What a token says and how long it lives."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

COMMAND_LINE_LIFE = timedelta(minutes=15)
COMMAND_LINE_AMR = "cli"
CLIENT_SCOPES = frozenset({"ingest.write", "ingest.read"})
CLOCK_SKEW_SECONDS = 5


@dataclass(frozen=True)
class Claims:
    """A verified token's content."""

    audience: str
    subject_id: UUID
    roles: frozenset[str]
    permissions: frozenset[str]
    is_from_command_line: bool
