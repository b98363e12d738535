"""How a plan stands by the rows of its loan: kept, missed, complete."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class PlanRow:
    """An instalment, with an amount, of the loan as it stands now."""

    number: int
    due_on: date
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class Kept:
    """An instalment of the plan that was paid by its day."""

    number: int
    due_on: date
    paid_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rows say of the plan."""

    kept: tuple[Kept, ...]
    missed: tuple[int, ...]  # due, and not paid yet
    is_complete: bool


def plan_rows(rows: Sequence[PlanRow], *, agreed_on: date) -> list[PlanRow]:
    """The instalments that the plan is kept by: those due after it was agreed."""
    return [row for row in rows if row.due_on > agreed_on]


def judge(
    rows: Sequence[PlanRow], *, agreed_on: date, today: date, grace_days: int = 0
) -> Standing:
    """The plan by its rows. Paid late, or before it was agreed on, is neither kept nor missed."""
    own = plan_rows(rows, agreed_on=agreed_on)
    grace = timedelta(days=grace_days)
    return Standing(
        kept=tuple(
            Kept(row.number, row.due_on, row.paid_on)
            for row in own
            if row.paid_on is not None and agreed_on <= row.paid_on <= row.due_on + grace
        ),
        missed=tuple(
            row.number for row in own if row.paid_on is None and row.due_on + grace < today
        ),
        is_complete=bool(own) and all(row.paid_on is not None for row in own),
    )
