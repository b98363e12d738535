"""What keeping instalments to come would earn, for whoever quotes a plan."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from backend.kit.ports import LoanTraits
from rewards.points.books import get_book


def forecast_points(session: Session, *, traits: LoanTraits, due_on: Iterable[date]) -> int:
    """By the rules published so far, each month by those in force; being early is not counted."""
    book = get_book(session)
    facts = {
        "product": traits.product_code,
        "loan_kind": traits.kind,
        "currency": traits.currency,
    }
    months = {day.replace(day=1) for day in due_on}
    found = [rules.find("on_time", facts) for month in months if (rules := book.in_force(month))]
    return sum(rule.points for rule in found if rule is not None)
