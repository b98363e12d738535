"""What a token says, how long it and a session live, and when a session is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

COMMAND_LINE_LIFE = timedelta(minutes=15)
COMMAND_LINE_AMR = "cli"
CLIENT_SCOPES = frozenset({"ingest.write", "ingest.read"})
CLOCK_SKEW_SECONDS = 5

ACCESS_LIFE = timedelta(minutes=15)
# Hosts' clocks differ a little: a revocation outlives every token that it stands against.
REVOKED_MARGIN = timedelta(minutes=1)

REFRESH_OVERLAP = timedelta(seconds=30)
ROTATIONS_KEPT = 8  # within the overlap; no honest app rotates as often
SESSION_LABEL_LENGTH_MAX = 200
CAUSE_LENGTH_MAX = 40


@dataclass(frozen=True)
class SessionLife:
    """How long a session lasts at most, and how long it may rest unused."""

    absolute: timedelta
    idle: timedelta


SESSION_LIVES = {
    "borrower": SessionLife(absolute=timedelta(days=90), idle=timedelta(days=30)),
    "staff": SessionLife(absolute=timedelta(hours=12), idle=timedelta(hours=1)),
}


@dataclass(frozen=True)
class Claims:
    """A verified token's content. `session_id` is None where no log-in stands behind it."""

    audience: str
    subject_id: UUID
    token_id: UUID
    session_id: UUID | None
    issued_at: datetime
    roles: frozenset[str]
    permissions: frozenset[str]
    amr: tuple[str, ...]

    @property
    def is_from_command_line(self) -> bool:
        """Made by an operator's command, not by a log-in."""
        return COMMAND_LINE_AMR in self.amr


@dataclass(frozen=True)
class Rotation:
    """A refresh token that was exchanged for its successor, and what the answer was made of."""

    token_hash: bytes
    at: datetime  # whole milliseconds: also `iat` of the access token
    access_id: UUID
    roles: tuple[str, ...]


def ends_at(audience: str, *, created_at: datetime, used_at: datetime) -> datetime:
    """When a session ends unless it is used again, or for good."""
    life = SESSION_LIVES[audience]
    return min(created_at + life.absolute, used_at + life.idle)


def kept_rotations(rotations: Sequence[Rotation], *, now: datetime) -> tuple[Rotation, ...]:
    """Those that may still be repeated, oldest first."""
    recent = [each for each in rotations if now - each.at < REFRESH_OVERLAP]
    return tuple(recent[-ROTATIONS_KEPT:])


def to_milliseconds(at: datetime) -> datetime:
    """The instant as a token can say it."""
    return at.replace(microsecond=at.microsecond // 1_000 * 1_000)
