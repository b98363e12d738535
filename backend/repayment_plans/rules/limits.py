"""What automatic approval looks at, beside what is known of the borrower."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from backend.kit.predicates import FactType

# Facts of the case that limits may read, beside those of the profile's catalogue.
CASE_FACTS = {
    "case_due_day_moves_12m": FactType.INTEGER,
    "case_extension_percent": FactType.INTEGER,
    "case_waived_periods": FactType.INTEGER,
    "case_is_first_negotiation": FactType.BOOLEAN,
    "case_documents_settled": FactType.BOOLEAN,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One request in figures."""

    due_day_moves_12m: int
    extension_percent: int
    waived_periods: int
    is_first_negotiation: bool
    documents_settled: bool

    def facts(self) -> dict[str, int | bool]:
        """As limits read them."""
        return {
            "case_due_day_moves_12m": self.due_day_moves_12m,
            "case_extension_percent": self.extension_percent,
            "case_waived_periods": self.waived_periods,
            "case_is_first_negotiation": self.is_first_negotiation,
            "case_documents_settled": self.documents_settled,
        }


def find_extension_percent(
    now_due: Sequence[date], then_due: Sequence[date], *, today: date
) -> int:
    """By how many percent of what remains the schedule grows; parts of a percent count as one.

    With nothing left to come, any instalment more is beyond every limit.
    """
    remaining = sum(due_on > today for due_on in now_due)
    added = max(sum(due_on > today for due_on in then_due) - remaining, 0)
    if added == 0:
        return 0
    if remaining == 0:
        return 1_000
    ratio = Fraction(added * 100, remaining)
    return -(-ratio.numerator // ratio.denominator)
