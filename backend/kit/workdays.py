"""Working days, Monday to Friday: what "we answer within five working days" counts.

Public holidays differ by country and year. Where a lender has told none, a date may come early
for staff and never late for a borrower.
"""

from collections.abc import Collection
from datetime import date, timedelta

SATURDAY = 5


def add_working_days(day: date, count: int, *, holidays: Collection[date] = ()) -> date:
    """The working day that many after a day; a weekend counts as the Friday before it."""
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in holidays:
            count -= 1
    return day
