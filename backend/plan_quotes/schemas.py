"""What is asked of an option, and a quote, on the wire."""

from typing import Any

from marshmallow import fields, post_load, validate

from backend.kit.fields import (
    Day,
    Instant,
    MinorNotNegative,
    OutSchema,
    StrictSchema,
    WholeNumber,
)
from backend.plan_quotes.rules import Kind, Wishes
from backend.plan_quotes.rules.options import DAY_OF_MONTH_MAX

MONTHS_MAX = 360
KINDS = [str(kind) for kind in Kind]


class AffordabilitySchema(StrictSchema):
    """What a month brings and takes."""

    income_minor = MinorNotNegative(required=True)
    fixed_costs_minor = MinorNotNegative(load_default=0)
    flexible_costs_minor = MinorNotNegative(load_default=0)
    other_debts_minor = MinorNotNegative(load_default=0)


class QuoteInSchema(StrictSchema):
    """All may be absent: then every kind is priced as it is usually asked for."""

    kinds = fields.List(
        fields.String(validate=validate.OneOf(KINDS)), validate=validate.Length(1, len(KINDS))
    )
    months = WholeNumber(
        1,
        MONTHS_MAX,
        metadata={"description": "How long it lasts, or how many instalments are left out."},
    )
    due_day = WholeNumber(
        1, DAY_OF_MONTH_MAX, metadata={"description": "In a shorter month, its last day."}
    )
    affordability = fields.Nested(AffordabilitySchema)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Plain typed values."""
        statement = data.get("affordability")
        left = None
        if statement is not None:
            income = statement.pop("income_minor")
            left = income - sum(statement.values())
        wishes = Wishes(months=data.get("months"), due_day=data.get("due_day"), left_minor=left)
        kinds = [Kind(kind) for kind in data.get("kinds", ())]
        return {"kinds": kinds, "wishes": wishes}


class QuoteReasonSchema(OutSchema):
    """Which rule, its value, and both in words."""

    code = fields.String(required=True)
    value = fields.Raw(required=True, allow_none=True)
    text = fields.String(required=True)


class QuotePersonReasonSchema(OutSchema):
    """Why a person decides."""

    code = fields.String(required=True)
    text = fields.String(required=True)


class QuoteTierSchema(OutSchema):
    """A tier as its holder reads it."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    about = fields.String(required=True)


class QuoteTiersSchema(OutSchema):
    """Now, and were the plan booked today; never worse."""

    now = fields.Nested(QuoteTierSchema, required=True, allow_none=True)
    with_plan = fields.Nested(QuoteTierSchema, required=True, allow_none=True)


class QuoteCountsSchema(OutSchema):
    """Now, and were the plan booked today."""

    now = fields.Integer(required=True, allow_none=True)
    with_plan = fields.Integer(required=True, allow_none=True)


class QuoteEffectsSchema(OutSchema):
    """What else it does."""

    tier = fields.Nested(QuoteTiersSchema, required=True)
    tier_text = fields.String(required=True)
    points = fields.Nested(
        QuoteCountsSchema,
        required=True,
        allow_none=True,
        metadata={"description": "For keeping every instalment to come; null: none are earned."},
    )
    days_past_due = fields.Nested(QuoteCountsSchema, required=True)
    needs_person = fields.Boolean(required=True)
    decision_text = fields.String(required=True)
    person_reasons = fields.List(fields.Nested(QuotePersonReasonSchema), required=True)


class QuoteRowSchema(OutSchema):
    """One instalment of the whole schedule, as the core system would book it."""

    number = fields.Integer(required=True)
    due_on = Day(required=True)
    principal_minor = fields.Integer(required=True)
    interest_minor = fields.Integer(required=True)
    fee_minor = fields.Integer(required=True)
    penalty_minor = fields.Integer(required=True)
    total_minor = fields.Integer(required=True)
    balance_minor = fields.Integer(
        required=True, metadata={"description": "The principal left after the row."}
    )


class QuoteWaiverSchema(OutSchema):
    """Penalty that is taken off."""

    period = fields.String(required=True, metadata={"example": "2026-10"})
    amount_minor = fields.Integer(required=True)


class PlanQuoteSchema(OutSchema):
    """An option: a quote, or why there is none. Amounts are of what is still to be paid."""

    quote_id = fields.UUID(required=True, allow_none=True)
    kind = fields.String(required=True, metadata={"enum": KINDS})
    name = fields.String(required=True)
    eligible = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(QuoteReasonSchema), required=True)
    would_change = fields.List(fields.Nested(QuoteReasonSchema), required=True)
    terms = fields.Dict(required=True, allow_none=True)
    first_installment_minor = fields.Integer(required=True, allow_none=True)
    first_due_on = Day(required=True, allow_none=True)
    total_cost_minor = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "All that is still to be paid."},
    )
    versus_now_minor = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Total cost less doing nothing."}
    )
    versus_payoff_minor = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Total cost less paying everything off today."},
    )
    ends_on = Day(required=True, allow_none=True)
    effects = fields.Nested(QuoteEffectsSchema, required=True, allow_none=True)
    waivers = fields.List(fields.Nested(QuoteWaiverSchema), required=True)
    schedule = fields.List(fields.Nested(QuoteRowSchema), required=True)
    rounding = fields.String(required=True, allow_none=True)


class PlanOptionsSchema(OutSchema):
    """All that was asked for."""

    loan_id = fields.UUID(required=True)
    currency = fields.String(required=True)
    options = fields.List(fields.Nested(PlanQuoteSchema), required=True)
    expires_at = Instant(required=True)


class OwnQuoteSchema(PlanQuoteSchema):
    """A kept quote. `is_current`: the loan has not changed since, and its time is not over."""

    loan_id = fields.UUID(required=True)
    currency = fields.String(required=True)
    rows_hash = fields.String(
        required=True, metadata={"description": "SHA-256 of what would be booked; see the guide."}
    )
    is_current = fields.Boolean(required=True)
    quoted_at = Instant(required=True)
    expires_at = Instant(required=True)
