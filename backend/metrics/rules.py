"""Which days are counted, and what several days are together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from backend.kit.figures import Measure

HISTORY_DAYS = 400  # a year, and the month that it is compared with
SPAN_DAYS_MAX = 400
TOTAL = ""  # the part that stands for all of a day
WEEK = timedelta(days=7)


def first_to_count(last_counted_on: date | None, *, as_of: date) -> date:
    """The first day to count: the last one again, which was perhaps not over when it was."""
    earliest = as_of - timedelta(days=HISTORY_DAYS - 1)
    if last_counted_on is None:
        return earliest
    return max(earliest, min(last_counted_on, as_of))


def total_of(numbers: Iterable[int], *, measure: Measure) -> int:
    """All parts of one day together."""
    return max(numbers, default=0) if measure is Measure.LONGEST else sum(numbers)


def monday_of(day: date) -> date:
    """The first day of its week [ISO 8601]."""
    return day - timedelta(days=day.weekday())


def by_week(days: Mapping[date, int], *, measure: Measure) -> dict[date, int]:
    """Numbers of days as numbers of weeks, named by their Mondays.

    What happened adds up; what stood is told as on the last day counted.
    """
    weeks: dict[date, int] = {}
    for day in sorted(days):
        week = monday_of(day)
        before = weeks.get(week, 0) if measure is Measure.FLOW else 0
        weeks[week] = before + days[day]
    return weeks


def largest(parts: Mapping[str, int], *, at_most: int) -> Sequence[str]:
    """The parts with the largest numbers, the largest first; equal ones by name."""
    return sorted(parts, key=lambda part: (-parts[part], part))[:at_most]
