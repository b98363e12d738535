"""The rows a loan's state is a function of."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Terms:
    """What of the loan itself matters to the replay."""

    kind: str
    allocation_order: tuple[str, ...]
    principal_minor: int | None = None


@dataclass(frozen=True, slots=True)
class InstallmentRow:
    """One row of the schedule."""

    number: int
    due_on: date
    principal_minor: int
    interest_minor: int
    fee_minor: int = 0
    penalty_minor: int = 0

    @property
    def total_minor(self) -> int:
        """All parts together."""
        return self.principal_minor + self.interest_minor + self.fee_minor + self.penalty_minor


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One month's statement of a revolving account."""

    month: date
    closed_on: date
    due_on: date
    balance_minor: int
    minimum_due_minor: int | None = None
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money that came in.

    The external id breaks ties within a day, so that the order of storing never shows.
    """

    id: UUID
    external_id: str
    amount_minor: int
    received_on: date
    date_precision: str = "day"
    reversed_on: date | None = None


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """A fee, a penalty or a waiver, from its day on.

    `period` is the month that a waiver is for; or `offsets_id`, the penalty it stands against.
    """

    id: UUID
    external_id: str
    kind: str
    amount_minor: int
    on_date: date
    period: date | None = None
    offsets_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DelinquencyRow:
    """Lateness as reported by the core system."""

    as_of: date
    days_past_due: int
    activity: str


@dataclass(frozen=True, slots=True)
class History:
    """All rows of one loan."""

    terms: Terms
    installments: tuple[InstallmentRow, ...] = ()
    statements: tuple[StatementRow, ...] = ()
    payments: tuple[PaymentRow, ...] = ()
    adjustments: tuple[AdjustmentRow, ...] = ()
    delinquencies: tuple[DelinquencyRow, ...] = ()
