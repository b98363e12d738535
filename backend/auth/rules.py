"""What a token says, how long it and a session live, and how often a code may be asked for."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

COMMAND_LINE_LIFE = timedelta(minutes=15)
COMMAND_LINE_AMR = "cli"
CLIENT_SCOPES = frozenset({"ingest.write", "ingest.read", "webhooks.write", "webhooks.read"})
CLOCK_SKEW_SECONDS = 5

ACCESS_LIFE = timedelta(minutes=15)
# Hosts' clocks differ a little: a revocation outlives every token that it stands against.
REVOKED_MARGIN = timedelta(minutes=1)

REFRESH_OVERLAP = timedelta(seconds=30)
ROTATIONS_KEPT = 8  # within the overlap; no honest app rotates as often
SESSION_LABEL_LENGTH_MAX = 200
CAUSE_LENGTH_MAX = 40

CODE_DIGITS = 6
CODE_PATTERN = f"^[0-9]{{{CODE_DIGITS}}}$"
CODE_LIFE = timedelta(minutes=5)
TRIES_MAX = 5  # of one challenge
CHALLENGE_WINDOW = timedelta(hours=1)
CHALLENGES_PER_PHONE = 5  # in a window
CHALLENGES_PER_ADDRESS = 20  # in a window
CHALLENGE_KEPT = timedelta(hours=2)
DAILY_COUNT_KEPT = timedelta(days=30)
CODE_AMR = ("otp", "sms")  # RFC 8176
# Whoever is given an IPv6 address is given this many bits of network with it.
IPV6_NETWORK_BITS = 64


@dataclass(frozen=True)
class SessionLife:
    """How long a session lasts at most, and how long it may rest unused."""

    absolute: timedelta
    idle: timedelta


SESSION_LIVES = {
    "borrower": SessionLife(absolute=timedelta(days=90), idle=timedelta(days=30)),
    "staff": SessionLife(absolute=timedelta(hours=12), idle=timedelta(hours=1)),
    # Of staff in a browser, which may stand open on a desk.
    "console": SessionLife(absolute=timedelta(hours=12), idle=timedelta(minutes=30)),
}
# A page says that its session is used no oftener: most pages then write nothing.
CONSOLE_TOUCHED_EVERY = timedelta(minutes=1)


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


def ends_at(kind: str, *, created_at: datetime, used_at: datetime) -> datetime:
    """When a session of this kind ends unless it is used again, or for good."""
    life = SESSION_LIVES[kind]
    return min(created_at + life.absolute, used_at + life.idle)


def kept_rotations(rotations: Sequence[Rotation], *, now: datetime) -> tuple[Rotation, ...]:
    """Those that may still be repeated, oldest first."""
    recent = [each for each in rotations if now - each.at < REFRESH_OVERLAP]
    return tuple(recent[-ROTATIONS_KEPT:])


def to_milliseconds(at: datetime) -> datetime:
    """The instant as a token can say it."""
    return at.replace(microsecond=at.microsecond // 1_000 * 1_000)


def may_try(*, expires_at: datetime, used_at: datetime | None, tries: int, now: datetime) -> bool:
    """Whether a challenge still takes a code."""
    return used_at is None and tries < TRIES_MAX and now < expires_at


def label_of(name: str | None, *, user_agent: str | None) -> str | None:
    """What to call a session: what the app says, else what its requests say of themselves."""
    words = name or "".join(char for char in user_agent or "" if char.isprintable())
    return words[:SESSION_LABEL_LENGTH_MAX] or None


def network_of(address: str) -> str:
    """An address as it is counted: one host of IPv4, one network of IPv6; text as it stands."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), IPV6_NETWORK_BITS), strict=False))


def seconds_until(at: datetime, *, now: datetime) -> int:
    """Whole seconds to wait, at least one."""
    return max(1, -int((now - at).total_seconds() // 1))
