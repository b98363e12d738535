"""When penalty interest is waived at once, and when a person decides [rules R10, product S2]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backend.benefits.reasons import SENSITIVE, Reason
from backend.benefits.rules import WAIVER_MONTHS_MAX

ANSWER_WORKING_DAYS = 3
WAIVER_CAUSE = "waiver_request"
# Months at once by tier; of those that are not named a person decides.
MONTHS_AT_ONCE: Mapping[str, int] = {"potential": 3, "stable": 2, "high_risk": 1}


class State(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


MOVES: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.APPROVED, State.REJECTED, State.WITHDRAWN}),
    State.APPROVED: frozenset(),
    State.REJECTED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
DECIDED = frozenset({State.APPROVED, State.REJECTED})


def may_move(before: State, after: State) -> bool:
    """Whether a request may go from one state to the other."""
    return after in MOVES[before]


class Why(StrEnum):
    """Why a person decides, and not the rule."""

    REASON_NEEDS_PROOF = "reason-needs-proof"
    TIER_BY_PERSON = "tier-by-person"
    MORE_THAN_AT_ONCE = "more-months-than-at-once"
    NOT_ENROLLED = "not-enrolled"
    ASKED_BEFORE = "asked-before"
    PLAN_AGREED = "plan-agreed"


class Ground(StrEnum):
    """Why a person says no; each names what would change it."""

    PROOF_MISSING = "proof_missing"
    PLAN_FITS_BETTER = "plan_fits_better"
    CAN_BE_PAID = "can_be_paid"


@dataclass(frozen=True)
class Facts:
    """What the rule looks at, of this loan: a person said no before, a plan was agreed before."""

    tier: str | None
    reason: Reason
    months: int
    is_enrolled: bool
    was_rejected: bool
    had_plan: bool


def why_a_person(facts: Facts) -> list[Why]:
    """Why a person decides; nothing where the rule waives at once."""
    at_once = months_at_once(facts.tier)
    why = []
    if not facts.is_enrolled:
        why.append(Why.NOT_ENROLLED)
    if facts.was_rejected:
        why.append(Why.ASKED_BEFORE)
    if facts.had_plan:
        # Penalty is waived at once in the first agreement alone, whatever that was.
        why.append(Why.PLAN_AGREED)
    if facts.reason not in SENSITIVE:
        why.append(Why.REASON_NEEDS_PROOF)
    if not at_once:
        why.append(Why.TIER_BY_PERSON)
    elif facts.months > at_once:
        why.append(Why.MORE_THAN_AT_ONCE)
    return why


def months_at_once(tier: str | None) -> int:
    """How many months the rule may waive at this tier; 0 where a person decides."""
    return MONTHS_AT_ONCE.get(tier or "", 0)


def choose_months(still_open: Mapping[date, int], *, count: int) -> Sequence[date]:
    """The months to waive: those with the most open, in her favour; of equal ones the oldest."""
    ranked = sorted(still_open, key=lambda month: (-still_open[month], month))
    return sorted(ranked[:count])


def count_months(asked: int | None, *, tier: str | None, there_are: int) -> int:
    """How many months a request is for: what she asked, or what the rule may give; if open."""
    wanted = asked or months_at_once(tier) or WAIVER_MONTHS_MAX
    return min(wanted, there_are, WAIVER_MONTHS_MAX)
