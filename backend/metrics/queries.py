"""Reads of daily figures."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.metrics.models import DailyFigureRow
from backend.metrics.rules import TOTAL


def find_last_counted(session: Session, *, name: str) -> date | None:
    """The newest day of a figure; None before the first."""
    return session.execute(
        select(func.max(DailyFigureRow.day)).where(
            DailyFigureRow.name == name, DailyFigureRow.part == TOTAL
        )
    ).scalar_one()


def list_numbers(session: Session, *, first_on: date, last_on: date) -> Sequence[AnyRow]:
    """Every number of these days, totals among them, by figure, part and day."""
    row = DailyFigureRow
    return session.execute(
        select(row.name, row.part, row.day, row.number, row.counted_at)
        .where(row.day.between(first_on, last_on))
        .order_by(row.name, row.part, row.day)
    ).all()
