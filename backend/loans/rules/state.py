"""What a replay answers."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from backend.loans.rules.history import DelinquencyRow

ALLOCATION_ORDER_DEFAULT = ("penalty", "fee", "interest", "principal")


@dataclass(frozen=True, slots=True)
class Parts:
    """An amount by what it is for, in minor units."""

    principal_minor: int = 0
    interest_minor: int = 0
    fee_minor: int = 0
    penalty_minor: int = 0

    @property
    def total_minor(self) -> int:
        """All parts together."""
        return self.principal_minor + self.interest_minor + self.fee_minor + self.penalty_minor


@dataclass(frozen=True, slots=True)
class Allocation:
    """What one payment paid, on which line.

    `line` is an instalment's number, `month` a statement's. `on` is later than the payment where
    its credit met a later charge.
    """

    payment_id: UUID
    line: int | None
    month: date | None
    on: date
    parts: Parts


@dataclass(frozen=True, slots=True)
class LineState:
    """An instalment, or a statement, with everything charged to it and paid on it."""

    number: int | None
    month: date | None
    due_on: date | None
    charged: Parts
    paid: Parts
    waived: Parts
    paid_on: date | None
    paid_precision: str | None

    @property
    def open_minor(self) -> int:
        """What is still to be paid on it."""
        return self.charged.total_minor - self.paid.total_minor - self.waived.total_minor

    def state_on(self, today: date) -> str:
        """How it stands: skipped (nothing was ever due), paid, overdue, partly_paid or open."""
        if self.charged.total_minor == 0:
            return "skipped"
        if self.open_minor == 0:
            return "paid"
        if self.due_on is not None and self.due_on < today:
            return "overdue"
        return "partly_paid" if self.paid.total_minor else "open"


@dataclass(frozen=True, slots=True)
class NextDue:
    """What to pay next: all that is open on the oldest open line.

    A minimum is given for a statement that has one; `assumed` names the statement's fields that
    the lender's data does not hold.
    """

    number: int | None
    due_on: date | None
    amount_minor: int
    minimum_minor: int | None = None
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LoanState:
    """State of a loan at the end of a day.

    charged - paid_since - waived = outstanding - credit, and one of outstanding and credit is
    zero. For a schedule `paid_since_minor` is all that was paid; for a revolving account
    everything counts from the last statement, which holds what came before.
    """

    outstanding: Parts
    charged_minor: int
    paid_minor: int
    paid_since_minor: int
    waived_minor: int
    credit_minor: int
    ratio_basis_minor: int
    next_due: NextDue | None
    oldest_unpaid_due_on: date | None
    last_payment_on: date | None
    reported: DelinquencyRow | None
    lines: tuple[LineState, ...]
    allocations: tuple[Allocation, ...]
    credits: tuple[tuple[UUID, int], ...]

    def days_past_due(self, *, dpd_source: str, today: date) -> int | None:
        """Days late. Reported lateness is never aged; None when none was reported yet."""
        if dpd_source == "reported":
            return self.reported.days_past_due if self.reported else None
        return days_late(self.oldest_unpaid_due_on, today=today)


def days_late(oldest_unpaid_due_on: date | None, *, today: date) -> int:
    """Days since the oldest unpaid due day; 0 on the day itself and before."""
    if oldest_unpaid_due_on is None:
        return 0
    return max((today - oldest_unpaid_due_on).days, 0)


def paid_ratio(*, ratio_basis_minor: int, outstanding_principal_minor: int) -> Fraction:
    """Share of the principal (revolving: of the last statement) that is repaid, 0 to 1."""
    if ratio_basis_minor <= 0:
        return Fraction(1) if outstanding_principal_minor == 0 else Fraction(0)
    paid = ratio_basis_minor - outstanding_principal_minor
    return Fraction(max(paid, 0), ratio_basis_minor)
