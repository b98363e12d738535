"""Decisions about requests and plans: pure."""

from backend.benefits.reasons import REASON_TEXTS, SENSITIVE, Reason
from backend.repayment_plans.rules.keeping import Kept, PlanRow, Standing, judge, plan_rows
from backend.repayment_plans.rules.limits import Case, find_extension_percent
from backend.repayment_plans.rules.moves import (
    FINAL,
    FREEZING,
    MOVES,
    OPEN,
    RUNNING,
    Actor,
    State,
    may_move,
)
from backend.repayment_plans.rules.reasons import NEEDS_DOCUMENT, needs_document
from backend.repayment_plans.rules.times import (
    COOLING_OFF_DAYS,
    CURE_DAYS,
    RELIEF_DAYS,
    REPLY_DAYS,
    SLA_WORKING_DAYS,
)

__all__ = [
    "COOLING_OFF_DAYS",
    "CURE_DAYS",
    "FINAL",
    "FREEZING",
    "MOVES",
    "NEEDS_DOCUMENT",
    "OPEN",
    "REASON_TEXTS",
    "RELIEF_DAYS",
    "REPLY_DAYS",
    "RUNNING",
    "SENSITIVE",
    "SLA_WORKING_DAYS",
    "Actor",
    "Case",
    "Kept",
    "PlanRow",
    "Reason",
    "Standing",
    "State",
    "find_extension_percent",
    "judge",
    "may_move",
    "needs_document",
    "plan_rows",
]
