"""What may be sent, in which state a document is, and who may see and decide what."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

BYTES_MAX = 10 * 1024 * 1024  # of one file
OPEN_MAX = 20  # documents of one borrower that nobody has decided on
TOTAL_BYTES_MAX = 100 * 1024 * 1024  # of all documents of one borrower
REPLY_DAYS = 14
METHOD_OPTIONS = ("original_seen", "issuer_asked", "public_register", "compared")
SCAN_WAITS = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 240))
SCAN_LEASE = timedelta(minutes=10)


@dataclass(frozen=True)
class Inspected:
    """What is kept of a file."""

    media_type: str
    content: bytes
    sha256: bytes


class Kind(StrEnum):
    """What a document is said to be. Closed."""

    PROOF_OF_INCOME = "proof_of_income"
    JOB_LOSS = "job_loss"
    MEDICAL = "medical"
    DEATH_CERTIFICATE = "death_certificate"
    CARE = "care"
    SEPARATION = "separation"
    POLICE_REPORT = "police_report"
    DISASTER = "disaster"
    STUDY = "study"
    PARENTAL_LEAVE = "parental_leave"
    BUSINESS = "business"
    OTHER = "other"


# Kept only with the separate consent of PIPL art. 29.
SENSITIVE = frozenset(
    {Kind.MEDICAL, Kind.DEATH_CERTIFICATE, Kind.CARE, Kind.SEPARATION, Kind.POLICE_REPORT}
)


class State(StrEnum):
    """Where a document stands."""

    RECEIVED = "received"
    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    SUSPECTED = "suspected"
    FORGED = "forged"


MOVES: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.VERIFIED, State.NOT_VERIFIED, State.SUSPECTED}),
    State.VERIFIED: frozenset({State.NOT_VERIFIED, State.SUSPECTED}),
    State.NOT_VERIFIED: frozenset({State.VERIFIED, State.SUSPECTED}),
    # A suspicion that is dismissed leaves nothing behind: it is checked as if it had just come.
    State.SUSPECTED: frozenset({State.FORGED, State.RECEIVED}),
    State.FORGED: frozenset(),
}
OPEN = (State.RECEIVED, State.SUSPECTED)


def may_move(before: State, after: State) -> bool:
    """Whether a document may go from one state to the other."""
    return after in MOVES[before]


class Outcome(StrEnum):
    """What a check found. `forged` accuses nobody yet: it raises a suspicion."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    FORGED = "forged"


STATE_AFTER = {
    Outcome.VERIFIED: State.VERIFIED,
    Outcome.NOT_VERIFIED: State.NOT_VERIFIED,
    Outcome.FORGED: State.SUSPECTED,
}


class SuspicionState(StrEnum):
    """Of a suspicion of forgery."""

    SUSPECTED = "suspected"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Scan(StrEnum):
    """What the scan for malware has said."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"
    NOT_CONFIGURED = "not_configured"


SCANNABLE = (Scan.WAITING, Scan.FAILED, Scan.NOT_CONFIGURED)


def is_shown(scan: Scan, *, unscanned_is_shown: bool) -> bool:
    """Whether staff may open it.

    What no scanner has passed is shown only where there is none and the installation says so.
    """
    return scan is Scan.CLEAN or (scan is Scan.NOT_CONFIGURED and unscanned_is_shown)


def next_scan_at(now: datetime, *, attempts: int) -> datetime:
    """When a scan that failed is tried again; `attempts` counts the failed ones."""
    return now + SCAN_WAITS[min(attempts, len(SCAN_WAITS)) - 1]


def may_be_deleted(state: State, *, uses: int, checks: int, suspicions: int) -> bool:
    """Whether she may take it back: while nobody has used or looked into it."""
    return state is State.RECEIVED and uses == checks == suspicions == 0


def reply_until(today: date) -> date:
    """The last day of her right of reply."""
    return today + timedelta(days=REPLY_DAYS)


def reply_use(suspicion_id: object) -> str:
    """What documents that come with her answer are used for."""
    return f"reply:{suspicion_id}"


def may_uphold(*, has_replied: bool, reply_until_on: date, today: date) -> bool:
    """Whether forgery may be found: once she has answered, or had all of her time."""
    return has_replied or today > reply_until_on


@dataclass(frozen=True)
class Room:
    """What a borrower has already sent."""

    open_count: int
    total_bytes: int


def has_room(room: Room, *, size: int) -> bool:
    """Whether one more fits."""
    return room.open_count < OPEN_MAX and room.total_bytes + size <= TOTAL_BYTES_MAX
