"""Schedules: terms, dated changes and payments in, rows to the cent out. Nothing is stored.

Pure and exact: fractions all the way, and each rounding is named. `docs/schedules.md` shows every
convention with figures. Words: a *row* is an instalment as it stands; its *level* is the equal
instalment; *settling* finds what each row asks for; *spreading* gives rows their level anew.
Where the rules leave a choice it is that of Apache Fineract's progressive loans
[fineract.apache.org, chapters re-ageing, re-amortization, down payment], restated in our words.
"""

from backend.loans.rules.schedules.replay import reckon
from backend.loans.rules.schedules.rows import Schedule, ScheduleRow, Totals
from backend.loans.rules.schedules.terms import (
    INSTALLMENTS_MAX,
    MONTHLY,
    Change,
    Charge,
    Contradiction,
    DayCount,
    Every,
    Extend,
    Method,
    MoveDueDate,
    NewRate,
    PauseInterest,
    Payment,
    Payoff,
    ReAge,
    ReAmortize,
    Recalculation,
    Request,
    Rest,
    Skip,
    Terms,
    TokenPayments,
    Unit,
)

__all__ = [
    "INSTALLMENTS_MAX",
    "MONTHLY",
    "Change",
    "Charge",
    "Contradiction",
    "DayCount",
    "Every",
    "Extend",
    "Method",
    "MoveDueDate",
    "NewRate",
    "PauseInterest",
    "Payment",
    "Payoff",
    "ReAge",
    "ReAmortize",
    "Recalculation",
    "Request",
    "Rest",
    "Schedule",
    "ScheduleRow",
    "Skip",
    "Terms",
    "TokenPayments",
    "Totals",
    "Unit",
    "reckon",
]
