"""What a badge may be, when it may be held again, and why one is taken back. Pure."""

import re
from datetime import date
from enum import StrEnum

CODE_PATTERN = r"^[a-z][a-z0-9_]{1,39}$"
CODE = re.compile(CODE_PATTERN)
RESERVED_CODES = frozenset({"preview"})  # an address of ours
COUNTERS_MAX = 5
FACTS_MAX = 40  # kept with each award in one JSON object, which takes 50 of them
GOAL_MAX = 10**12
LIVE_MAX = 50
NAME_LENGTH_MAX = 60
TEXT_LENGTH_MAX = 300
SAMPLES_MAX = 10


class Repeats(StrEnum):
    """How often the same badge may be held."""

    NEVER = "never"
    YEARLY = "yearly"
    MONTHLY = "monthly"


class State(StrEnum):
    """Where an award stands."""

    STANDING = "standing"
    REVOKED = "revoked"


class Cause(StrEnum):
    """Why an award was taken back. All but the first are given by a person."""

    PAYMENT_REVERSED = "payment_reversed"
    AWARDED_IN_ERROR = "awarded_in_error"
    PROOF_NOT_GENUINE = "proof_not_genuine"
    AT_HER_REQUEST = "at_her_request"


CAUSES_OF_STAFF = tuple(cause for cause in Cause if cause is not Cause.PAYMENT_REVERSED)

# A badge may be seen by others, and its name must not tell them what she owes or owed.
_ARREARS = re.compile(
    r"arrear|overdue|past.?due|delinquen|default|debt|\bow(e|ed|es|ing)\b|\blate\b"
    r"|逾期|欠|违约|拖|催|债|负债|老赖|失信",
    re.IGNORECASE,
)


def names_arrears(words: str) -> bool:
    """Whether a name says something of arrears."""
    return _ARREARS.search(words) is not None


def period_of(repeats: Repeats, *, on: date) -> str:
    """The period that an award of that day is for: a year, a month, or all time (empty)."""
    if repeats is Repeats.YEARLY:
        return f"{on:%Y}"
    return f"{on:%Y-%m}" if repeats is Repeats.MONTHLY else ""
