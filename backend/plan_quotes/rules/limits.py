"""How far an option may go: what may be quoted, and what needs a person to agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from backend.benefits.rules import WAIVER_MONTHS_MAX
from backend.benefits.waiver_rules import MONTHS_AT_ONCE
from backend.kit.ports import PastPlans
from backend.plan_quotes.rules.kinds import Kind

DUE_DAY_MOVES_A_YEAR = 2
EXTENSION_SHARE_MAX = Fraction(1, 2)  # of the instalments that are left
ANSWER_WORKING_DAYS = 3


@dataclass(frozen=True)
class Bounds:
    """What may be chosen. Months, but for `skip_max`, which counts instalments."""

    longer_months_max: int
    lower_rate_months_max: int
    skip_max: int
    token_months_max: int
    convert_months_min: int
    convert_months_max: int
    # Periods of penalty by her tier, or all that may ever be taken off at once.
    waives_by_tier: bool


BORROWERS_BOUNDS = Bounds(
    longer_months_max=60,
    lower_rate_months_max=12,
    skip_max=3,
    token_months_max=6,
    convert_months_min=3,
    convert_months_max=60,
    waives_by_tier=True,
)
STAFF_BOUNDS = Bounds(
    longer_months_max=360,
    lower_rate_months_max=360,
    skip_max=12,
    token_months_max=24,
    convert_months_min=1,
    convert_months_max=360,
    waives_by_tier=False,
)


def waived_periods_max(tier: str | None) -> int:
    """How many periods of penalty may be waived at once."""
    return MONTHS_AT_ONCE.get(tier or "", WAIVER_MONTHS_MAX)


def why_a_person_decides(
    kind: Kind, terms: Mapping[str, Any], *, tier: str | None, past: PastPlans
) -> tuple[str, ...]:
    """Codes of what keeps a request from being approved at once; none when nothing does.

    `terms` are those of a quote.
    """
    match kind:
        case Kind.MOVE_DUE_DAY:
            is_over = past.due_day_moves_12m >= DUE_DAY_MOVES_A_YEAR
            return ("due_day_moves_used",) if is_over else ()
        case Kind.LONGER_TERM:
            room = terms["remaining_installments"] * EXTENSION_SHARE_MAX
            return ("extension_too_long",) if terms["extra_installments"] > room else ()
        case Kind.WAIVE_PENALTY:
            return _why_for_waiver(terms, tier=tier, past=past)
        case _:
            return ("kind_needs_a_person",)


def _why_for_waiver(
    terms: Mapping[str, Any], *, tier: str | None, past: PastPlans
) -> tuple[str, ...]:
    if past.is_negotiated:
        return ("not_the_first_negotiation",)
    if terms["periods"] > MONTHS_AT_ONCE.get(tier or "", 0):
        return ("waiver_above_level",)
    return ()
