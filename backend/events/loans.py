"""What happened to a loan."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.kit.outbox import Event


@dataclass(frozen=True)
class InstallmentPaid(Event):
    """An instalment is now paid in full. Amount in minor units of the loan's currency."""

    loan_id: UUID
    number: int
    due_on: date
    paid_on: date
    amount_minor: int
    date_precision: str
    backfill: bool = False


@dataclass(frozen=True)
class InstallmentMissed(Event):
    """The due day of an instalment has passed and it is not paid in full."""

    loan_id: UUID
    number: int
    due_on: date
    backfill: bool = False


@dataclass(frozen=True)
class DelinquencyReported(Event):
    """The core system says how late an account is. `activity`: paid, carried or none."""

    loan_id: UUID
    days_past_due: int
    as_of: date
    activity: str
    backfill: bool = False


@dataclass(frozen=True)
class PaymentReceived(Event):
    """Money came in. `date_precision`: day or month."""

    loan_id: UUID
    payment_id: UUID
    amount_minor: int
    received_on: date
    date_precision: str = "day"
    backfill: bool = False


@dataclass(frozen=True)
class PaymentReversed(Event):
    """A payment turned out not to be one; what followed from it follows."""

    loan_id: UUID
    payment_id: UUID
    backfill: bool = False


@dataclass(frozen=True)
class LoanChanged(Event):
    """Terms, a statement or an adjustment were stored. `what`: loan, statement or adjustment."""

    loan_id: UUID
    what: str
    backfill: bool = False


@dataclass(frozen=True)
class LoansTouched(Event):
    """Rows of these borrowers' loans were stored in bulk; their state is still to be settled.

    `history` says that the rows were history: what settling them brings to light is backfill.
    """

    borrower_ids: tuple[UUID, ...]
    history: bool = False


@dataclass(frozen=True)
class LoansSettled(Event):
    """The state of these borrowers' loans is settled after a bulk store; `history` as above."""

    borrower_ids: tuple[UUID, ...]
    history: bool = False
