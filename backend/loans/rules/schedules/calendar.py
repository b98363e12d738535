"""Due days and parts of a year. A period is (previous due day, due day].

A day's interest belongs to the date on which it ends, so a part of a year is that of the days
after its first date up to and including its last.
"""

from calendar import isleap, monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from backend.loans.rules.schedules.terms import DAY_LAST, DayCount, Every, Unit

DAYS_A_WEEK = 7
DAYS_A_YEAR, DAYS_A_LEAP_YEAR, DAYS_OF_30_360 = 365, 366, 360
MONTHS_A_YEAR = 12


class BeyondCalendarError(ValueError):
    """A due day would lie after the last day that the product speaks of."""


def add_months(day: date, months: int, *, anchor: int | None = None) -> date:
    """That many months later, on the anchor day clipped to the month's end."""
    total = day.year * MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(total, MONTHS_A_YEAR)
    if year > DAY_LAST.year:
        raise BeyondCalendarError
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor or day.day, last))


def step(day: date, every: Every, *, times: int = 1, anchor: int | None = None) -> date:
    """`times` periods later. The anchor is counted from, never the clipped day, so it cannot drift.

    Example: anchor 31: 31 Jan, 28 Feb, 31 Mar.
    """
    if every.unit is Unit.MONTH:
        return add_months(day, every.n * times, anchor=anchor)
    days = every.n * times * (DAYS_A_WEEK if every.unit is Unit.WEEK else 1)
    if days > (DAY_LAST - day).days:
        raise BeyondCalendarError
    return day + timedelta(days=days)


def due_days(first: date, every: Every, count: int, *, anchor: int | None = None) -> Iterator[date]:
    """`count` due days, the first being `first`."""
    for k in range(count):
        yield step(first, every, times=k, anchor=anchor)


def months_between(start: date, end: date) -> Fraction:
    """Months of a stretch that follows no anchor: whole ones, then days over that month's length.

    Apache Fineract's period ratio counts so: 1 Jan to 15 Feb 2024 is 1 month and 14/29.
    """
    whole = (end.year - start.year) * MONTHS_A_YEAR + end.month - start.month
    if whole > 0 and add_months(start, whole) > end:
        whole -= 1
    begun = add_months(start, whole)
    length = (_next_month(start, whole) - begun).days
    return whole + Fraction((end - begun).days, length)


def _next_month(start: date, whole: int) -> date:
    try:
        return add_months(start, whole + 1)
    except BeyondCalendarError:
        return DAY_LAST + timedelta(days=1)


def actual_fraction(start: date, end: date, *, day_count: DayCount) -> Fraction:
    """Part of a year by days. `act/act` splits at the year's end and divides by each year's own."""
    if day_count is DayCount.ACT_365:
        return Fraction((end - start).days, DAYS_A_YEAR)
    if start.year == end.year:
        return Fraction((end - start).days, _days_of(start.year))
    total = Fraction(0)
    for year in range(start.year, end.year + 1):
        until = end if year == end.year else date(year, 12, 31)
        total += Fraction((until - start).days, _days_of(year))
        start = until
    return total


def _days_of(year: int) -> int:
    return DAYS_A_LEAP_YEAR if isleap(year) else DAYS_A_YEAR


def period_fraction_30_360(start: date, end: date, *, unit: Unit, months: int | None) -> Fraction:
    """Part of a year of a whole period. `months` is known where both ends follow one anchor."""
    if unit is not Unit.MONTH:
        return Fraction((end - start).days, DAYS_OF_30_360)
    counted = months_between(start, end) if months is None else Fraction(months)
    return counted / MONTHS_A_YEAR
