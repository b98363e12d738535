"""What a borrower reads of her loans."""

from marshmallow import fields

from backend.kit.fields import Day, Minor, StrictSchema
from backend.kit.http import OutSchema
from backend.kit.paging import page_schema

PRECISIONS = ["day", "month"]


def _precision(*, allow_none: bool = False) -> fields.String:
    return fields.String(
        required=True,
        allow_none=allow_none,
        metadata={
            "enum": [*PRECISIONS, None] if allow_none else PRECISIONS,
            "description": "Month: only the month is a fact, the day is not.",
        },
    )


class AsOfArgs(StrictSchema):
    as_of = Day(
        load_default=None,
        metadata={"description": "The state at the end of that day; today when absent."},
    )


class PartsSchema(OutSchema):
    principal_minor = Minor(required=True)
    interest_minor = Minor(required=True)
    fee_minor = Minor(required=True)
    penalty_minor = Minor(required=True)
    total_minor = Minor(required=True)


class NextDueSchema(OutSchema):
    number = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The instalment; null for a statement."},
    )
    due_on = Day(required=True, allow_none=True)
    date_precision = _precision()
    amount_minor = Minor(required=True)
    minimum_due_minor = Minor(
        required=True,
        allow_none=True,
        metadata={"description": "For a statement: the least to pay, where it is known."},
    )
    assumed = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "Fields that the lender's data does not hold: assumed, not facts."
        },
    )


class LoanSchema(OutSchema):
    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": ["installment", "revolving"]})
    product_code = fields.String(required=True)
    status = fields.String(required=True, metadata={"enum": ["active", "closed", "written_off"]})
    currency = fields.String(required=True)
    principal_minor = Minor(required=True, allow_none=True)
    credit_limit_minor = Minor(required=True, allow_none=True)
    annual_rate = fields.String(required=True, allow_none=True)
    opened_on = Day(required=True)
    paid_ratio = fields.String(
        required=True,
        metadata={
            "description": "Share of the principal (a card: of the last statement) that is paid,"
            " rounded down.",
            "example": "0.2500",
        },
    )
    outstanding = fields.Nested(PartsSchema, required=True)
    paid_minor = Minor(required=True)
    credit_minor = Minor(
        required=True, metadata={"description": "Paid beyond everything that was owed."}
    )
    next_due = fields.Nested(NextDueSchema, required=True, allow_none=True)
    last_payment_on = Day(required=True, allow_none=True)
    last_payment_precision = _precision(allow_none=True)
    days_past_due = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Null where the lender reports it and has not yet."},
    )
    dpd_source = fields.String(required=True, metadata={"enum": ["computed", "reported"]})
    reported_as_of = Day(required=True, allow_none=True)
    reported_age_days = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "How old the report is; the days past due are not aged."},
    )
    activity = fields.String(required=True, allow_none=True)
    as_of = Day(required=True)


class ScheduleRowSchema(OutSchema):
    number = fields.Integer(required=True)
    due_on = Day(required=True)
    principal_minor = Minor(required=True)
    interest_minor = Minor(required=True)
    fee_minor = Minor(required=True)
    penalty_minor = Minor(required=True)
    total_minor = Minor(required=True)
    paid_minor = Minor(required=True)
    waived_minor = Minor(required=True)
    open_minor = Minor(required=True)
    balance_minor = Minor(
        required=True, metadata={"description": "Planned principal left after this row."}
    )
    paid_on = Day(required=True, allow_none=True)
    paid_precision = _precision(allow_none=True)
    state = fields.String(
        required=True, metadata={"enum": ["open", "partly_paid", "paid", "overdue", "skipped"]}
    )


class StatementRowSchema(OutSchema):
    month = fields.String(required=True, metadata={"example": "2026-10"})
    closed_on = Day(required=True)
    due_on = Day(required=True)
    balance_minor = Minor(required=True)
    minimum_due_minor = Minor(required=True, allow_none=True)
    date_precision = _precision()
    assumed = fields.List(fields.String(), required=True)
    paid_minor = Minor(required=True)
    paid_on = Day(required=True, allow_none=True)
    paid_precision = _precision(allow_none=True)


class AllocationSchema(PartsSchema):
    installment = fields.Integer(required=True, allow_none=True)
    statement = fields.String(required=True, allow_none=True)
    on = Day(required=True)


class PaymentRowSchema(OutSchema):
    id = fields.UUID(required=True)
    amount_minor = Minor(required=True)
    received_on = Day(required=True)
    date_precision = _precision()
    reversed_on = Day(required=True, allow_none=True)
    allocations = fields.List(fields.Nested(AllocationSchema), required=True)
    credit_minor = Minor(required=True)


class FeeRowSchema(OutSchema):
    id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "Of a later line, which a dispute can name; null for a planned."},
    )
    on = Day(required=True)
    kind = fields.String(required=True, metadata={"enum": ["fee", "penalty", "waiver"]})
    amount_minor = Minor(required=True)
    installment = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The instalment that planned it; null for a later one."},
    )
    is_disputed = fields.Boolean(
        required=True,
        metadata={
            "description": "In question, and counts until decided; or dated while a request of"
            " yours was waiting, with a waiver against it."
        },
    )


class FeeTotalsSchema(OutSchema):
    fee_minor = Minor(required=True)
    penalty_minor = Minor(required=True)


class CurrencySchema(OutSchema):
    currency = fields.String(required=True)


class ScheduleSchema(CurrencySchema, page_schema(ScheduleRowSchema, name="SchedulePage")):  # type: ignore[misc]
    pass


class StatementsSchema(CurrencySchema, page_schema(StatementRowSchema, name="StatementPage")):  # type: ignore[misc]
    pass


class PaymentsSchema(CurrencySchema, page_schema(PaymentRowSchema, name="PaymentPage")):  # type: ignore[misc]
    pass


class FeesSchema(CurrencySchema, page_schema(FeeRowSchema, name="FeePage")):  # type: ignore[misc]
    outstanding = fields.Nested(FeeTotalsSchema, required=True)
    waived_minor = Minor(required=True)
