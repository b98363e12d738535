"""What can be asked of the core system."""

from enum import StrEnum


class Kind(StrEnum):
    """The closed list of instructions. Payloads are described in `docs/plans.md`."""

    PLAN_ACCEPTED = "plan.accepted"
    PLAN_WITHDRAWN = "plan.withdrawn"
    PENALTY_FREEZE = "penalty.freeze"
    PENALTY_UNFREEZE = "penalty.unfreeze"
    HANDED_OVER = "case.handed_over"
