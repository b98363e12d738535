"""Figures as charts: few enough lines to tell apart, and weeks where days would be too many."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from backend.kit.console import Chart, charts
from backend.kit.figures import Measure
from backend.kit.texts import Text
from backend.metrics.rules import TOTAL, by_week, largest
from backend.metrics.view import Series
from backend.metrics.wording import OTHERS, WORDS

LINES_MAX = 6  # colours that everybody tells apart
DAYS_BY_DAY_MAX = 62
LINES = frozenset({"points_owed", "plan_waits", "moderation_waits"})
BY_WEEK = frozenset({"tier_moves"})  # too few on most days to see anything in
OTHER = "\n"  # no part is called so


def draw(series: Series, *, first_on: date, last_on: date) -> Chart:
    """A figure over its days, or weeks."""
    is_weekly = series.name in BY_WEEK or (last_on - first_on).days >= DAYS_BY_DAY_MAX
    shown = _parts(series)
    values = {part: _over(series, part, shown=shown, is_weekly=is_weekly) for part in shown}
    x = _axis(series, first_on=first_on, last_on=last_on, is_weekly=is_weekly)
    title = series.figure.text
    if is_weekly:
        title = Text(
            WORDS["by_week"].format(title=title.en).en,
            WORDS["by_week"].format(title=title.zh_cn).zh_cn,
        )
    drawn = charts.line if series.name in LINES else charts.stacked
    if series.figure.measure is Measure.FLOW and series.name not in BY_WEEK:
        drawn = charts.bars
    lines: Mapping[Any, Any] = {
        _name(series, part): [values[part].get(day) for day in x] for part in shown
    }
    return drawn(title, [day.isoformat() for day in x], lines, series.figure.unit)


def _parts(series: Series) -> list[str]:
    """The parts that are drawn: all, or the largest and one for what remains."""
    parts = list(series.parts)
    if not parts:
        return [TOTAL]
    if len(parts) <= LINES_MAX:
        return parts
    sums = {part: sum(day.parts.get(part, 0) for day in series.days) for part in parts}
    kept = set(largest(sums, at_most=LINES_MAX - 1))
    return [*(part for part in parts if part in kept), OTHER]


def _over(series: Series, part: str, *, shown: list[str], is_weekly: bool) -> dict[date, int]:
    days = {day.on: _number(series, day.parts, day.total, part, shown) for day in series.days}
    return by_week(days, measure=series.figure.measure) if is_weekly else days


def _number(
    series: Series, parts: Mapping[str, int], total: int, part: str, shown: list[str]
) -> int:
    if part == TOTAL:
        return total
    if part != OTHER:
        return parts.get(part, 0)
    rest = [number for name, number in parts.items() if name not in shown]
    return max(rest, default=0) if series.figure.measure is Measure.LONGEST else sum(rest)


def _axis(series: Series, *, first_on: date, last_on: date, is_weekly: bool) -> list[date]:
    """From the first day that was counted on; what was not counted between is a gap."""
    counted = [day.on for day in series.days]
    if not counted:
        return []
    days = {
        first_on + timedelta(days=n)
        for n in range((last_on - first_on).days + 1)
        if first_on + timedelta(days=n) >= counted[0]
    }
    if is_weekly:
        days = set(by_week(dict.fromkeys(days, 0), measure=Measure.FLOW))
    return sorted(days)


def _name(series: Series, part: str) -> Text:
    if part == OTHER:
        return OTHERS
    return series.figure.text if part == TOTAL else series.parts[part]
