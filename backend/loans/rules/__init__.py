"""What a loan's rows amount to.

Pure: the same rows give the same state, in whatever order they were stored.
"""

from backend.loans.rules.checks import (
    MONTH_PRECISION,
    find_schedule_error,
    waiver_period,
)
from backend.loans.rules.history import (
    AdjustmentRow,
    DelinquencyRow,
    History,
    InstallmentRow,
    PaymentRow,
    StatementRow,
    Terms,
)
from backend.loans.rules.latest import OpenRow, Step, take_latest
from backend.loans.rules.penalties import (
    open_of_penalty,
    open_penalties,
    unwaived_months,
    unwaived_penalties,
    waivable_penalties,
)
from backend.loans.rules.replay import replay
from backend.loans.rules.state import (
    ALLOCATION_ORDER_DEFAULT,
    Allocation,
    LineState,
    LoanState,
    NextDue,
    Parts,
)

__all__ = [
    "ALLOCATION_ORDER_DEFAULT",
    "MONTH_PRECISION",
    "AdjustmentRow",
    "Allocation",
    "DelinquencyRow",
    "History",
    "InstallmentRow",
    "LineState",
    "LoanState",
    "NextDue",
    "OpenRow",
    "Parts",
    "PaymentRow",
    "StatementRow",
    "Step",
    "Terms",
    "find_schedule_error",
    "open_of_penalty",
    "open_penalties",
    "replay",
    "take_latest",
    "unwaived_months",
    "unwaived_penalties",
    "waivable_penalties",
    "waiver_period",
]
