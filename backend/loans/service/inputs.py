"""Rows as they come in: each checked by itself, not yet against the others or what is stored."""

from datetime import date
from decimal import Decimal
from typing import NotRequired, TypedDict
from uuid import UUID


class InstallmentInput(TypedDict):
    """One row of a schedule."""

    number: int
    due_on: date
    principal_minor: int
    interest_minor: int
    fee_minor: int
    penalty_minor: int


class InstallmentRowInput(InstallmentInput):
    """One row of a schedule that names its loan."""

    loan_external_id: str


class ProductInput(TypedDict):
    """A product; what is absent takes its default."""

    code: str
    allocation_order: NotRequired[list[str]]
    rounding: NotRequired[str]
    grace_days: NotRequired[int]
    regime: NotRequired[str | None]
    method: NotRequired[str]
    day_count: NotRequired[str]
    installment_multiple_minor: NotRequired[int]
    recalculate_interest: NotRequired[str]
    plan_rate: NotRequired[str | None]
    assumed: NotRequired[list[str]]


class LoanInput(TypedDict):
    """A loan. Without `installments` the stored schedule stays as it is."""

    external_id: str
    kind: str
    borrower_external_id: str
    product_code: str
    currency: str
    principal_minor: int | None
    credit_limit_minor: int | None
    annual_rate: Decimal | None
    opened_on: date
    status: str
    dpd_source: str
    plan_id: UUID | None
    installments: NotRequired[list[InstallmentInput]]


class StatementInput(TypedDict):
    """A revolving account's statement of the month that starts on `month`."""

    loan_external_id: str
    month: date
    closed_on: date
    due_on: date
    balance_minor: int
    minimum_due_minor: int | None
    date_precision: str
    assumed: list[str]


class DelinquencyInput(TypedDict):
    """Reported lateness."""

    loan_external_id: str
    as_of: date
    days_past_due: int
    activity: str


class PaymentInput(TypedDict):
    """Money that came in."""

    external_id: str
    loan_external_id: str
    amount_minor: int
    received_on: date
    date_precision: str


class AdjustmentInput(TypedDict):
    """A fee, a penalty or a waiver."""

    external_id: str
    loan_external_id: str
    kind: str
    amount_minor: int
    on: date
