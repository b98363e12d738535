"""What keeping instalments to come would earn, for whoever quotes a plan."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from backend.kit.ports import LoanTraits
from rewards.points.books import get_book


def forecast_points(
    session: Session, *, traits: LoanTraits, schedules: Sequence[Iterable[date]]
) -> list[int]:
    """By the rules published so far, each month by those in force; being early is not counted."""
    book = get_book(session)
    facts = {
        "product": traits.product_code,
        "loan_kind": traits.kind,
        "currency": traits.currency,
    }
    points: dict[date, int] = {}
    totals = []
    for due_on in schedules:
        months = {day.replace(day=1) for day in due_on}
        for month in months - points.keys():
            rules = book.in_force(month)
            rule = rules.find("on_time", facts) if rules else None
            points[month] = rule.points if rule else 0
        totals.append(sum(points[month] for month in months))
    return totals
