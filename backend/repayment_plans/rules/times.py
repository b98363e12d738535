"""How long each step may take."""

from collections.abc import Collection
from datetime import date, timedelta

SLA_WORKING_DAYS = 3
COOLING_OFF_DAYS = 7
CURE_DAYS = 7
REPLY_DAYS = 14
# What a lender who is late adds to the freeze, again each day for as long as it is late.
RELIEF_DAYS = 14
SATURDAY = 5


def working_days_after(day: date, count: int, *, holidays: Collection[date] = ()) -> date:
    """The day that many working days later: Monday to Friday, without the holidays."""
    found = day
    for _ in range(count):
        found += timedelta(days=1)
        while found.weekday() >= SATURDAY or found in holidays:
            found += timedelta(days=1)
    return found
