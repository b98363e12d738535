"""Counting the days of a figure and keeping them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit.figures import ONE_DAY, Counted, DailyFigure, Span
from backend.metrics.models import DailyFigureRow
from backend.metrics.rules import TOTAL, first_to_count, total_of

ROWS_AT_ONCE = 5_000


def count_days(
    session: Session,
    *,
    figure: DailyFigure,
    last_counted_on: date | None,
    as_of: date,
    now: datetime,
) -> tuple[Span, list[Counted]]:
    """Count what is not counted yet, and the last day anew; the session is the figure's own."""
    span = Span(first_to_count(last_counted_on, as_of=as_of), as_of, now)
    if figure.now is None or span.is_past:
        return span, [] if figure.past is None else list(figure.past(session, span))
    today = Span(as_of, as_of, now)
    if figure.past is None:
        return today, list(figure.now(session, today))
    if span.first_on == as_of:
        return today, list(figure.now(session, today))
    before = Span(span.first_on, as_of - ONE_DAY, now)
    return span, [*figure.past(session, before), *figure.now(session, today)]


def keep(
    session: Session,
    *,
    name: str,
    figure: DailyFigure,
    span: Span,
    counted: Sequence[Counted],
    now: datetime,
) -> int:
    """Restate the days of a span: what was kept of them gives way. Returns how many rows."""
    rows = _with_totals(figure, span, counted)
    # A day of a figure without a past stays as it was counted when it was today.
    told = sorted({row.on for row in rows})
    session.execute(
        delete(DailyFigureRow).where(DailyFigureRow.name == name, DailyFigureRow.day.in_(told))
    )
    for start in range(0, len(rows), ROWS_AT_ONCE):
        _store(session, name=name, rows=rows[start : start + ROWS_AT_ONCE], now=now)
    return len(rows)


def _store(session: Session, *, name: str, rows: Iterable[Counted], now: datetime) -> None:
    statement = insert(DailyFigureRow).values(
        [
            {
                "name": name,
                "day": row.on,
                "part": row.part,
                "number": row.number,
                "counted_at": now,
            }
            for row in rows
        ]
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["name", "day", "part"],
            set_={"number": statement.excluded.number, "counted_at": now},
        )
    )


def _with_totals(figure: DailyFigure, span: Span, counted: Sequence[Counted]) -> list[Counted]:
    """Each part, and of every day that was counted all of it, be it nothing."""
    parts = [row for row in counted if row.number]
    days: defaultdict[date, list[int]] = defaultdict(list)
    for row in parts:
        days[row.on].append(row.number)
    told = span.days if figure.past is not None or not span.is_past else []
    totals = [Counted(on, TOTAL, total_of(days[on], measure=figure.measure)) for on in told]
    return [*parts, *totals]
