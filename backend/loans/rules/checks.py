"""What may be stored of a loan."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from backend.loans.rules.history import InstallmentRow

MONTH_PRECISION = "month"


def waiver_period(on_date: date) -> date:
    """The month that a waiver from the core system is for."""
    return on_date.replace(day=1)


def find_schedule_error(
    installments: Sequence[InstallmentRow], *, principal_minor: int | None
) -> tuple[str, str] | None:
    """Where a schedule contradicts itself, as (pointer below /installments, why), or None.

    A schedule may repay less than the principal (its beginning was paid elsewhere), not more.
    """
    numbers = [row.number for row in installments]
    if len(set(numbers)) != len(numbers):
        twice = next(i for i, n in enumerate(numbers) if n in numbers[:i])
        return f"/{twice}/number", "Each number may occur once."
    ordered = sorted(enumerate(installments), key=lambda pair: pair[1].number)
    for (_, earlier), (place, later) in pairwise(ordered):
        if later.due_on < earlier.due_on:
            return f"/{place}/due_on", "Due days must follow the numbers."
    total = sum(row.principal_minor for row in installments)
    if principal_minor is not None and total > principal_minor:
        return "", "The instalments repay more principal than the loan has."
    return None
