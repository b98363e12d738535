"""What can be granted, by whom, with what terms, and the states of a grant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The closed list of kinds; there is none that pays out cash."""

    FEE_WAIVER = "fee_waiver"
    RATE_DISCOUNT = "rate_discount"
    LIMIT_INCREASE = "limit_increase"
    PRIORITY_SERVICE = "priority_service"
    HARDSHIP_FUND = "hardship_fund"
    TRAINING_REFERRAL = "training_referral"
    AID_REFERRAL = "aid_referral"
    GREETING = "greeting"
    EDUCATION_PACK = "education_pack"
    HEALTH_CONSULT = "health_consult"


# What staff may put into a pack. A waiver belongs to a plan or to the Guard, a discount and a
# higher limit to the Guard alone, money from the fund to two people.
PACK_KINDS = frozenset(
    {
        Kind.PRIORITY_SERVICE,
        Kind.TRAINING_REFERRAL,
        Kind.AID_REFERRAL,
        Kind.GREETING,
        Kind.EDUCATION_PACK,
        Kind.HEALTH_CONSULT,
    }
)


class State(StrEnum):
    """Where a grant stands."""

    OFFERED = "offered"
    ACTIVATED = "activated"
    FULFILLED = "fulfilled"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"


MOVES: dict[State, frozenset[State]] = {
    State.OFFERED: frozenset({State.ACTIVATED, State.DECLINED, State.EXPIRED, State.REVOKED}),
    State.ACTIVATED: frozenset({State.FULFILLED, State.EXPIRED, State.REVOKED}),
    State.FULFILLED: frozenset(),
    State.DECLINED: frozenset(),
    State.EXPIRED: frozenset(),
    State.REVOKED: frozenset(),
}
OPEN = (State.OFFERED, State.ACTIVATED)


def may_move(before: State, after: State) -> bool:
    """Whether a grant may go from one state to the other."""
    return after in MOVES[before]


class Ending(StrEnum):
    """Why a grant ended before it was fulfilled."""

    DECLINED = "declined"
    DATE_PASSED = "date_passed"
    PROGRAMME_LEFT = "programme_left"
    NO_LONGER_FITS = "no_longer_fits"
    STREAK_UNDONE = "streak_undone"
    BY_STAFF = "by_staff"


class Proof(StrEnum):
    """What somebody checked before a benefit that needs it may be activated."""

    INCOME = "income"
    UNEMPLOYMENT = "unemployment"
    ILLNESS = "illness"
    STUDY = "study"
    CARING = "caring"
    DISASTER = "disaster"


# Penalty interest waived by agreement, on a loan's first negotiation (product S2, rules R10).
WAIVER_MONTHS_MAX = 3

# Good Faith Guard: six instalments in a row on time (product S5, rules R7).
GUARD_CAUSE = "good_faith_guard"
GUARD_STREAK = 6
GUARD_EVERY = timedelta(days=365)
GUARD_LIMIT_PERCENT = 20
GUARD_LIFE = timedelta(days=365)
GUARD_RATE_POINTS = {"current": "-1.00", "potential": "-0.75"}
GUARD_RATE_POINTS_OTHERWISE = "-0.50"


@dataclass(frozen=True)
class GuardMemory:
    """What is kept of a borrower's Guard. `is_armed`: her streak broke since the last one."""

    granted_at_on: date
    is_armed: bool


def guard_rate_points(tier: str) -> str:
    """Percentage points on the next loan's yearly rate, by the tier at the grant."""
    return GUARD_RATE_POINTS.get(tier, GUARD_RATE_POINTS_OTHERWISE)


def may_guard(memory: GuardMemory | None, *, streak: int | None, today: date) -> bool:
    """Whether six in a row bring the Guard now.

    Once for each run of payments on time, and at most once a year: a run that goes on, or is
    broken and mended within the year, is no second one.
    """
    if streak is None or streak < GUARD_STREAK:
        return False
    if memory is None:
        return True
    return memory.is_armed and today >= memory.granted_at_on + GUARD_EVERY


TERMS_KEYS: Mapping[Kind, frozenset[str]] = {
    Kind.PRIORITY_SERVICE: frozenset({"days"}),
    Kind.TRAINING_REFERRAL: frozenset({"partner", "course"}),
    Kind.AID_REFERRAL: frozenset({"partner"}),
    Kind.GREETING: frozenset({"occasion"}),
    Kind.EDUCATION_PACK: frozenset({"title"}),
    Kind.HEALTH_CONSULT: frozenset({"partner", "sessions"}),
}
WHOLE_TERMS = {"days": 366, "sessions": 20}  # the highest that is taken
TERM_LENGTH_MAX = 120


def find_terms_error(kind: Kind, terms: Mapping[str, Any]) -> tuple[str, str] | None:
    """Where terms of a pack's item are wrong, as (pointer below /terms, why), or None."""
    wanted = TERMS_KEYS[kind]
    for name in sorted(wanted - terms.keys()):
        return f"/{name}", "Is missing."
    for name in sorted(terms.keys() - wanted):
        return f"/{name}", "Unknown field."
    for name, value in terms.items():
        wrong = _find_value_error(name, value)
        if wrong is not None:
            return f"/{name}", wrong
    return None


def _find_value_error(name: str, value: Any) -> str | None:
    if name in WHOLE_TERMS:
        most = WHOLE_TERMS[name]
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return None if is_whole and 1 <= value <= most else f"Must be a whole number, 1 to {most}."
    is_line = isinstance(value, str) and value.isprintable() and bool(value.strip())
    if not is_line or len(value) > TERM_LENGTH_MAX:
        return f"Must be a line of 1 to {TERM_LENGTH_MAX} characters."
    return None
