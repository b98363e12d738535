"""What the core system sends. The same schemas check single calls, batch lines and file rows."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from backend.borrowers.rules import EMAIL_LENGTH_MAX
from backend.ingest.quick import QuickSchema
from backend.kit.fields import (
    Currency,
    Day,
    ExternalId,
    LocaleField,
    Minor,
    MinorNotNegative,
    MinorPositive,
    Pattern,
    RateString,
    ShortText,
    StrictSchema,
    WholeNumber,
    Zone,
)
from backend.kit.http import OutSchema

INSTALLMENTS_MAX = 1_200  # a hundred years of months
NUMBER_MAX = 10_000
DAYS_PAST_DUE_MAX = 100_000
FACTS_MAX = 200
PRECISIONS = ("day", "month")
# Fields of a statement that the lender's data may lack, so that somebody assumed them.
ASSUMABLE = ("closed_on", "due_on", "balance_minor", "minimum_due_minor")
# The same of a product's.
PRODUCT_ASSUMABLE = (
    "rounding", "grace_days", "method", "day_count", "installment_multiple_minor",
    "recalculate_interest", "plan_rate",
)  # fmt: skip
PLAN_RATE_PATTERN = r"^([0-9](\.[0-9]{1,8})?|10(\.0{1,8})?)$"  # up to 1,000 % a year
MONTH_PATTERN = r"^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])$"  # as `kit.fields.Day`


def _choice(*values: str, **kwargs: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(values), **kwargs)


def _optional(**kwargs: Any) -> dict[str, Any]:
    return {"load_default": None, "allow_none": True, **kwargs}


class ProtectedInSchema(StrictSchema):
    """Read by the fairness report alone."""

    sex = ShortText(high=40, **_optional())
    age_band = ShortText(high=40, **_optional())
    education = ShortText(high=40, **_optional())
    marital_status = ShortText(high=40, **_optional())


class BorrowerInSchema(StrictSchema):
    locale = LocaleField(required=True)
    timezone = Zone(required=True)
    phone = ShortText(high=40, **_optional())
    email = ShortText(high=EMAIL_LENGTH_MAX, **_optional())
    name = ShortText(**_optional())
    born_on = Day(**_optional())
    monthly_income_minor = MinorNotNegative(**_optional())
    income_verified = fields.Boolean(truthy={True}, falsy={False}, **_optional())
    monthly_debt_minor = MinorNotNegative(**_optional())
    employment = ShortText(high=100, **_optional())
    facts = fields.Dict(
        keys=ShortText(high=100),
        load_default=dict,
        validate=validate.Length(max=FACTS_MAX),
        metadata={"description": "Facts that the lender has declared, by name."},
    )
    protected = fields.Nested(ProtectedInSchema, **_optional())


class InstallmentInSchema(StrictSchema):
    number = WholeNumber(1, NUMBER_MAX, required=True)
    due_on = Day(required=True)
    principal_minor = MinorNotNegative(required=True)
    interest_minor = MinorNotNegative(required=True)
    fee_minor = MinorNotNegative(load_default=0)
    penalty_minor = MinorNotNegative(load_default=0)


class LoanInSchema(StrictSchema):
    kind = _choice("installment", "revolving", required=True)
    borrower_external_id = ExternalId(required=True)
    product_code = ShortText(high=100, required=True)
    currency = Currency(required=True)
    principal_minor = MinorNotNegative(**_optional())
    credit_limit_minor = MinorNotNegative(**_optional())
    annual_rate = RateString(**_optional())
    opened_on = Day(required=True)
    status = _choice("active", "closed", "written_off", required=True)
    dpd_source = _choice("computed", "reported", required=True)
    plan_id = fields.UUID(**_optional())
    installments = fields.List(
        fields.Nested(InstallmentInSchema), validate=validate.Length(max=INSTALLMENTS_MAX)
    )

    @validates_schema
    def check_kind(self, data: dict[str, Any], **_: Any) -> None:
        """What only one of the two kinds may say."""
        if data["kind"] == "installment":
            return
        if data["dpd_source"] != "reported":
            raise ValidationError("A revolving account reports its lateness.", "dpd_source")
        if "installments" in data:
            raise ValidationError("A revolving account has statements instead.", "installments")

    @post_load
    def read_rate(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The rate as an exact number."""
        rate = data["annual_rate"]
        return data | {"annual_rate": None if rate is None else Decimal(rate)}


class StatementInSchema(StrictSchema):
    closed_on = Day(required=True)
    due_on = Day(required=True)
    balance_minor = Minor(required=True)
    minimum_due_minor = MinorNotNegative(**_optional())
    date_precision = _choice(*PRECISIONS, load_default="day")
    assumed = fields.List(
        _choice(*ASSUMABLE), load_default=list, validate=validate.Length(max=len(ASSUMABLE))
    )

    @validates_schema
    def check_days(self, data: dict[str, Any], **_: Any) -> None:
        """A statement falls due after it closes."""
        if data["due_on"] < data["closed_on"]:
            raise ValidationError("Must not lie before closed_on.", "due_on")


class DelinquencyInSchema(StrictSchema):
    days_past_due = WholeNumber(0, DAYS_PAST_DUE_MAX, required=True)
    as_of = Day(required=True)
    activity = _choice("paid", "carried", "none", required=True)


class PaymentInSchema(QuickSchema):
    external_id = ExternalId(required=True)
    loan_external_id = ExternalId(required=True)
    amount_minor = MinorPositive(required=True)
    received_on = Day(required=True)
    date_precision = _choice(*PRECISIONS, load_default="day")


class AdjustmentInSchema(StrictSchema):
    external_id = ExternalId(required=True)
    loan_external_id = ExternalId(required=True)
    kind = _choice("fee", "penalty", "waiver", required=True)
    amount_minor = MinorPositive(required=True)
    on = Day(required=True)


class ReversalInSchema(StrictSchema):
    reason = ShortText(required=True)


class BatchArgs(StrictSchema):
    """`?backfill=true` marks the lines as history: kept in order, announced to nobody."""

    backfill = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "The lines are history: kept in order, announced to nobody."},
    )


class BorrowerLineSchema(BorrowerInSchema):
    external_id = ExternalId(required=True)


class LoanLineSchema(LoanInSchema):
    external_id = ExternalId(required=True)


class StatementLineSchema(StatementInSchema):
    loan_external_id = ExternalId(required=True)
    month = fields.String(
        required=True, validate=Pattern(MONTH_PATTERN, error="Must be a month: 2026-11.")
    )


class DelinquencyLineSchema(DelinquencyInSchema):
    loan_external_id = ExternalId(required=True)


class InstallmentLineSchema(InstallmentInSchema):
    loan_external_id = ExternalId(required=True)


class ProductInSchema(StrictSchema):
    """What is left out takes its default."""

    allocation_order = fields.List(
        _choice("penalty", "fee", "interest", "principal"),
        validate=[validate.Length(equal=4), lambda parts: len(set(parts)) == len(parts)],
    )
    rounding = _choice("half_up", "half_even")
    grace_days = WholeNumber(0, 3)
    regime = _choice("CN", "US", allow_none=True)
    method = _choice("equal_installment", "equal_principal", "flat")
    day_count = _choice("30/360", "act/365", "act/act")
    installment_multiple_minor = MinorPositive()
    recalculate_interest = _choice("none", "daily")
    plan_rate = fields.String(
        allow_none=True,
        validate=Pattern(PLAN_RATE_PATTERN, error='Must be a decimal string such as "0.1200".'),
        metadata={"description": "For a card's balance in instalments.", "example": "0.1200"},
    )
    assumed = fields.List(
        _choice(*PRODUCT_ASSUMABLE), validate=validate.Length(max=len(PRODUCT_ASSUMABLE))
    )


class ProductLineSchema(ProductInSchema):
    code = ShortText(high=100, required=True)


class ProductOutSchema(OutSchema):
    """A product as it is stored."""

    code = fields.String(required=True)
    allocation_order = fields.List(fields.String(), required=True)
    rounding = fields.String(required=True)
    grace_days = fields.Integer(required=True)
    regime = fields.String(required=True, allow_none=True)
    method = fields.String(required=True)
    day_count = fields.String(required=True)
    installment_multiple_minor = fields.Integer(required=True)
    recalculate_interest = fields.String(required=True)
    plan_rate = fields.String(required=True, allow_none=True)
    assumed = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Fields that are no facts; somebody assumed them."},
    )


class StoredSchema(OutSchema):
    id = fields.UUID(required=True, metadata={"description": "Our id of the thing."})
    status = _choice("stored", "unchanged", required=True)
