"""What an option is reckoned from, and what is asked for."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from backend.kit.money import Rounding
from backend.kit.ports import PastPlans
from backend.loans.rules import History, InstallmentRow, LineState, LoanState, replay
from backend.loans.rules.schedules import DayCount, Method, Recalculation


@dataclass(frozen=True)
class ProductTerms:
    """By what the schedules of a product are reckoned; `plan_rate` is for revolving balances."""

    method: Method = Method.EQUAL_INSTALLMENT
    day_count: DayCount = DayCount.THIRTY_360
    rounding: Rounding = Rounding.HALF_UP
    installment_multiple_minor: int = 1
    recalculation: Recalculation = Recalculation.NONE
    plan_rate: Fraction | None = None


@dataclass(frozen=True)
class LoanFacts:
    """A loan as it stands on a day of hers, with her tier and what was agreed before."""

    history: History
    status: str
    annual_rate: Fraction | None
    opened_on: date
    product: ProductTerms
    today: date
    dpd_source: str = "computed"
    tier: str | None = None
    past: PastPlans = field(default_factory=PastPlans)

    @cached_property
    def state(self) -> LoanState:
        """The replay of its rows up to the day."""
        return replay(self.history, as_of=self.today)

    @property
    def is_revolving(self) -> bool:
        """Whether it has statements instead of a schedule."""
        return self.history.terms.kind == "revolving"

    @cached_property
    def rows(self) -> tuple[tuple[InstallmentRow, LineState], ...]:
        """The planned rows in the order of their days, each with what stands on it."""
        if not self.history.installments:
            return ()
        planned = sorted(self.history.installments, key=lambda row: (row.due_on, row.number))
        return tuple(zip(planned, self.state.lines, strict=True))

    @property
    def days_past_due(self) -> int:
        """Days late by the schedule, whatever is reported."""
        return self.state.days_past_due(dpd_source="computed", today=self.today) or 0

    @property
    def days_past_due_now(self) -> int | None:
        """Days late as they count: reported ones where the core system reports."""
        return self.state.days_past_due(dpd_source=self.dpd_source, today=self.today)

    @cached_property
    def arrears_minor(self) -> int:
        """What makes it late: open principal, interest and fees of rows due before the day."""
        return sum(late_minor(line) for row, line in self.rows if row.due_on < self.today)


@dataclass(frozen=True)
class Wishes:
    """What is chosen of an option; what is None is chosen for her.

    `left_minor` is what the affordability statement leaves a month.
    """

    months: int | None = None
    due_day: int | None = None
    left_minor: int | None = None
    annual_rate: Fraction | None = None
    amount_minor: int | None = None
    periods: int | None = None


class NotPossible(Exception):
    """The option cannot be: which rule failed, its value, and the smallest change that passes."""

    def __init__(self, code: str, value: Any = None, *, ways: tuple[tuple[str, Any], ...] = ()):
        super().__init__(code)
        self.code = code
        self.value = value
        self.ways = ways


def late_minor(line: LineState) -> int:
    """What is open of the parts that make a loan late."""
    open_penalty = line.charged.penalty_minor - line.paid.penalty_minor - line.waived.penalty_minor
    return line.open_minor - open_penalty
