"""Daily figures put together: each with its parts and its days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.figures import DailyFigure
from backend.kit.problems import FieldError, Invalid
from backend.kit.texts import Text
from backend.metrics import queries, sources
from backend.metrics.rules import SPAN_DAYS_MAX, TOTAL

SPAN_DAYS_DEFAULT = 30
BETWEEN = ">"  # of a part that is a move from one to another


@dataclass(frozen=True)
class DayOfFigure:
    """What a figure was on a day, in all and of each part that was not nothing."""

    on: date
    total: int
    parts: dict[str, int]
    counted_at: datetime


@dataclass(frozen=True)
class Series:
    """A figure over days: those alone on which it was counted."""

    name: str
    figure: DailyFigure
    parts: dict[str, Text]
    days: tuple[DayOfFigure, ...]


def read_span(first_on: date | None, last_on: date | None, *, today: date) -> tuple[date, date]:
    """The days that are asked for. Refuses: Invalid, more than 400 or an end before its start."""
    last = last_on or today
    first = first_on or last - timedelta(days=SPAN_DAYS_DEFAULT - 1)
    if not 0 <= (last - first).days < SPAN_DAYS_MAX:
        detail = f"Must be up to {SPAN_DAYS_MAX} days before `to`."
        raise Invalid(errors=[FieldError("#/from", detail)])
    return first, last


def list_series(session: Session, *, first_on: date, last_on: date) -> list[Series]:
    """Every figure over these days, in the order in which packages tell them."""
    rows = queries.list_numbers(session, first_on=first_on, last_on=last_on)
    found: dict[str, list[AnyRow]] = {name: [] for name in sources.list_figures()}
    for row in rows:
        if row.name in found:  # others were counted by a version that is gone
            found[row.name].append(row)
    return [_series(name, found[name]) for name in found]


def _series(name: str, rows: Sequence[AnyRow]) -> Series:
    figure = sources.list_figures()[name]
    parts: dict[date, dict[str, int]] = {}
    for row in rows:
        parts.setdefault(row.day, {})
        if row.part != TOTAL:
            parts[row.day][row.part] = row.number
    days = tuple(
        DayOfFigure(row.day, row.number, parts[row.day], row.counted_at)
        for row in rows
        if row.part == TOTAL
    )
    codes = {row.part for row in rows} - {TOTAL}
    told = [code for code in figure.parts if code in codes]
    others = sorted(codes - set(told))
    return Series(name, figure, {code: part_text(figure, code) for code in [*told, *others]}, days)


def part_text(figure: DailyFigure, code: str) -> Text:
    """What a part is called; a move by what it leads from and to."""
    before, arrow, after = code.partition(BETWEEN)
    if arrow:
        start, end = part_text(figure, before), part_text(figure, after)
        return Text(f"{start.en} → {end.en}", f"{start.zh_cn} → {end.zh_cn}")
    plain = code.replace("_", " ").replace("-", " ")
    return figure.parts.get(code) or Text(plain, plain)
