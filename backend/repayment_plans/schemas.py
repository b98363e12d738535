"""Requests and plans on the wire."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.kit.fields import (
    Day,
    Instant,
    LongText,
    Minor,
    OutSchema,
    ShortText,
    StrictSchema,
    TextsSchema,
)
from backend.kit.paging import PageArgs, page_schema
from backend.plan_quotes.rules import Kind
from backend.repayment_plans.rules import Reason, State

MESSAGE_LENGTH_MAX = 2_000
DOCUMENTS_MAX = 10
REASONS_MAX = 10
OUTCOMES = ("approve", "reject", "request_info", "counter_offer")
STATES = [str(state) for state in State]
KINDS = [str(kind) for kind in Kind]


def _documents() -> Any:
    return fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(0, DOCUMENTS_MAX),
        metadata={"description": "Documents of yours that show it, where there are any."},
    )


class PlanRequestInSchema(StrictSchema):
    quote_id = fields.UUID(required=True)
    reason = fields.String(
        required=True, validate=validate.OneOf([str(reason) for reason in Reason])
    )
    message = LongText(1, MESSAGE_LENGTH_MAX, load_default=None, allow_none=True)
    document_ids = _documents()


class PlanAnswerSchema(StrictSchema):
    message = LongText(1, MESSAGE_LENGTH_MAX, required=True)
    document_ids = _documents()


class PlanReasonSchema(OutSchema):
    code = fields.String(required=True)
    text = fields.String(required=True)


class PlanRequestSchema(OutSchema):
    id = fields.UUID(required=True)
    loan_id = fields.UUID(required=True)
    quote_id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": KINDS})
    state = fields.String(required=True, metadata={"enum": STATES})
    state_name = fields.String(required=True)
    next = fields.String(required=True, metadata={"description": "What happens next."})
    due_on = Day(
        required=True,
        metadata={"description": "By when; of what has come to its end, the day of that."},
    )
    reason = fields.Nested(PlanReasonSchema, required=True)
    review_reasons = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Why a person looks at it, where one does."},
    )
    relief = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Said where the lender is late and your relief goes on."},
    )
    requested_at = Instant(required=True)
    changed_at = Instant(required=True)
    accepted_at = Instant(required=True, allow_none=True)
    cooling_off_until_on = Day(
        required=True,
        allow_none=True,
        metadata={"description": "Until then you can step back from what you accepted."},
    )


PlanRequestPageSchema = page_schema(PlanRequestSchema, name="PlanRequestPageSchema")


class PlanRowSchema(OutSchema):
    number = fields.Integer(required=True)
    due_on = fields.String(required=True, metadata={"format": "date"})
    principal_minor = Minor(required=True)
    interest_minor = Minor(required=True)
    fee_minor = Minor(required=True)
    penalty_minor = Minor(required=True)


class PlanWaiverSchema(OutSchema):
    period = fields.String(required=True)
    amount_minor = Minor(required=True)


class PlanQuotedSchema(OutSchema):
    """The quote as she saw it: it counts, whatever else is booked."""

    id = fields.UUID(required=True)
    currency = fields.String(required=True)
    schedule = fields.List(fields.Nested(PlanRowSchema), required=True, attribute="rows")
    waivers = fields.List(fields.Nested(PlanWaiverSchema), required=True)
    first_installment_minor = Minor(required=True)
    total_cost_minor = Minor(required=True)
    ends_on = Day(required=True, allow_none=True)
    expires_at = Instant(required=True)
    rows_hash = fields.String(required=True)


class DisputedPenaltySchema(OutSchema):
    on = Day(required=True, attribute="on_date")
    amount_minor = Minor(required=True)
    is_offset = fields.Boolean(
        required=True, metadata={"description": "A waiver stands against it."}
    )


class PlanKeptSchema(OutSchema):
    number = fields.Integer(required=True)
    due_on = Day(required=True)
    paid_on = Day(required=True)


class PlanMoveSchema(OutSchema):
    state = fields.String(required=True)
    state_name = fields.String(required=True)
    by = fields.String(required=True, metadata={"enum": ["borrower", "staff", "core", "clock"]})
    why = fields.String(required=True)
    at = Instant(required=True)


class PlanToldReasonSchema(OutSchema):
    text = fields.String(required=True)
    would_change = fields.String(required=True, allow_none=True)


class PlanToldDecisionSchema(OutSchema):
    outcome = fields.String(required=True, metadata={"enum": list(OUTCOMES)})
    reasons = fields.List(fields.Nested(PlanToldReasonSchema), required=True)
    at = Instant(required=True)


class WholePlanRequestSchema(PlanRequestSchema):
    message = fields.String(required=True, allow_none=True)
    document_ids = fields.List(fields.UUID(), required=True)
    may = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What you can do now: accept, withdraw, answer, appeal."},
    )
    quote = fields.Nested(PlanQuotedSchema, required=True)
    decisions = fields.List(fields.Nested(PlanToldDecisionSchema), required=True)
    disputed_penalties = fields.List(fields.Nested(DisputedPenaltySchema), required=True)
    kept = fields.List(fields.Nested(PlanKeptSchema), required=True)
    history = fields.List(fields.Nested(PlanMoveSchema), required=True)


class QueueArgs(PageArgs):
    state = fields.String(
        load_default=None,
        validate=validate.OneOf(STATES),
        metadata={"description": "Those that wait for a person, when absent."},
    )


class StaffPlanRequestSchema(OutSchema):
    id = fields.UUID(required=True)
    borrower_id = fields.UUID(required=True)
    loan_id = fields.UUID(required=True)
    quote_id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": KINDS})
    state = fields.String(required=True, metadata={"enum": STATES})
    reason = fields.String(required=True)
    due_on = Day(required=True)
    tier_rank = fields.Integer(
        required=True, metadata={"description": "Lower needs more; 100 is not known yet."}
    )
    requested_at = Instant(required=True)
    changed_at = Instant(required=True)
    relief_since_on = Day(required=True, allow_none=True)
    version = fields.Integer(required=True)
    policy_version = fields.Integer(required=True)


StaffPlanRequestPageSchema = page_schema(StaffPlanRequestSchema, name="StaffPlanRequestPageSchema")


class StaffPlanMoveSchema(OutSchema):
    number = fields.Integer(required=True)
    from_state = fields.String(required=True, allow_none=True)
    to_state = fields.String(required=True)
    actor = fields.String(required=True)
    staff_id = fields.UUID(required=True, allow_none=True)
    cause = fields.String(required=True)
    quote_id = fields.UUID(required=True)
    changed_at = Instant(required=True)


class StaffPlanDecisionSchema(OutSchema):
    outcome = fields.String(required=True)
    reasons = fields.List(fields.Dict(), required=True)
    is_appeal = fields.Boolean(required=True)
    decided_by = fields.UUID(required=True)
    decided_at = Instant(required=True)


class PlanPricedSchema(OutSchema):
    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": KINDS})
    terms = fields.Dict(required=True)
    first_installment_minor = Minor(required=True)
    total_cost_minor = Minor(required=True)
    ends_on = Day(required=True, allow_none=True)
    quoted_at = Instant(required=True)
    expires_at = Instant(required=True)


class WholeStaffPlanRequestSchema(StaffPlanRequestSchema):
    message = fields.String(required=True, allow_none=True)
    document_ids = fields.List(fields.UUID(), required=True)
    asked_before_miss = fields.Boolean(required=True)
    review_reasons = fields.List(fields.Dict(), required=True)
    facts = fields.Dict(required=True, metadata={"description": "What the profile knows of her."})
    quote = fields.Nested(PlanQuotedSchema, required=True)
    options = fields.List(
        fields.Nested(PlanPricedSchema),
        required=True,
        metadata={"description": "What was priced for this loan in the last two weeks."},
    )
    disputed_penalties = fields.List(fields.Nested(DisputedPenaltySchema), required=True)
    kept = fields.List(fields.Nested(PlanKeptSchema), required=True)
    decisions = fields.List(fields.Nested(StaffPlanDecisionSchema), required=True)
    history = fields.List(fields.Nested(StaffPlanMoveSchema), required=True)


class PlanReasonInSchema(StrictSchema):
    text = fields.Nested(TextsSchema, required=True)
    would_change = fields.Nested(TextsSchema, load_default=None, allow_none=True)


class PlanCounterOfferSchema(StrictSchema):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    terms = fields.Dict(load_default=dict, metadata={"description": "As in a quote of the kind."})


class PlanDecisionInSchema(StrictSchema):
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    reasons = fields.List(
        fields.Nested(PlanReasonInSchema),
        required=True,
        validate=validate.Length(1, REASONS_MAX),
        metadata={"description": "She reads them. A rejection says what would change it."},
    )
    counter_offer = fields.Nested(PlanCounterOfferSchema, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def fit_together(self, data: dict[str, Any], **_: Any) -> None:
        """A counter-offer is one, and a rejection leaves nobody without a way."""
        if (data["outcome"] == "counter_offer") != (data["counter_offer"] is not None):
            raise ValidationError(
                "Belongs to the outcome counter_offer, and to it alone.", "counter_offer"
            )
        told = any(reason["would_change"] for reason in data["reasons"])
        if data["outcome"] == "reject" and not told:
            raise ValidationError("A rejection says what would change it.", "reasons")


class PlanPolicyInSchema(StrictSchema):
    policy = fields.Raw(required=True, metadata={"type": "object"})
    note = ShortText(0, 500, load_default="")


class PlanPolicySchema(OutSchema):
    version = fields.Integer(required=True)
    state = fields.String(required=True, metadata={"enum": ["draft", "published"]})
    policy = fields.Dict(required=True, attribute="document")
    note = fields.String(required=True)
    author_id = fields.UUID(required=True, allow_none=True)
    created_at = Instant(required=True)
    publisher_id = fields.UUID(required=True, allow_none=True)
    published_at = Instant(required=True, allow_none=True)


PlanPolicyPageSchema = page_schema(PlanPolicySchema, name="PlanPolicyPageSchema")
