"""Which months' penalty is still open, and what a waiver of some of them takes away."""

from dataclasses import dataclass
from datetime import date

from backend.plan_quotes.rules.facts import LoanFacts


@dataclass(frozen=True)
class Waiver:
    """A negative line to be: of which month, how much."""

    month: date
    amount_minor: int

    def as_json(self) -> dict[str, object]:
        """As it is kept and told to the core system."""
        return {"period": f"{self.month:%Y-%m}", "amount_minor": self.amount_minor}


def open_penalties(facts: LoanFacts) -> list[Waiver]:
    """Open penalty by the month in which it arose, the oldest first.

    Payments meet the oldest penalty first, so what is open is the newest of it.
    """
    left = facts.state.outstanding.penalty_minor
    by_month: dict[date, int] = {}
    for on, amount in sorted(_arisen(facts), reverse=True):
        taken = min(left, amount)
        left -= taken
        if taken:
            month = on.replace(day=1)
            by_month[month] = by_month.get(month, 0) + taken
    return [Waiver(month, by_month[month]) for month in sorted(by_month)]


def waived_months(facts: LoanFacts) -> set[date]:
    """Months that have a waiver: a loan has at most one for each."""
    return {row.on_date.replace(day=1) for row in facts.history.adjustments if row.kind == "waiver"}


def _arisen(facts: LoanFacts) -> list[tuple[date, int]]:
    planned = [(row.due_on, row.penalty_minor) for row, _ in facts.rows if row.penalty_minor]
    return planned + [
        (row.on_date, row.amount_minor)
        for row in facts.history.adjustments
        if row.kind == "penalty" and row.on_date <= facts.today
    ]
