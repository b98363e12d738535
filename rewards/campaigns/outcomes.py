"""Words of what campaigns decide: arms, outcomes, and a reason for every no. Pure."""

from enum import StrEnum


class Arm(StrEnum):
    """By lot: who may be given something, and who is compared with them."""

    TREATED = "treated"
    HOLDOUT = "holdout"


class Outcome(StrEnum):
    """What became of one occasion."""

    AWARDED = "awarded"
    REFUSED = "refused"
    REVERSED = "reversed"


class Reason(StrEnum):
    """Why an occasion brought nothing; in the order in which they are asked."""

    PAUSED = "paused"
    OUTSIDE_SCHEDULE = "outside_schedule"
    CONDITIONS = "conditions"
    NOT_ENROLLED = "not_enrolled"
    HOLDOUT = "holdout"
    PER_BORROWER = "per_borrower"
    STACKING = "stacking"
    BUDGET = "budget"


class EffectOutcome(StrEnum):
    """What became of one effect of an award."""

    GIVEN = "given"
    HELD_ALREADY = "held_already"  # a badge that she has
    NOTHING_TO_ADD = "nothing_to_add"  # the standing rules give nothing that could be multiplied
    NOT_OFFERED = "not_offered"  # a badge that was withdrawn since
    TAKEN_BACK = "taken_back"
    KEPT = "kept"  # what was used or read cannot be taken back


class Bucket(StrEnum):
    """What a budget is of."""

    TOTAL = "total"
    PERIOD = "period"


class ReplayState(StrEnum):
    """Where a replay stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
