"""What hardship looks like on the wire: to its borrower, to staff."""

from typing import Any

from marshmallow import fields, validate

from backend.benefits.reasons import Reason
from backend.hardship.affordability import FIXED_KINDS, FLEXIBLE_KINDS, INCOME_KINDS, Statement
from backend.hardship.rules import (
    FundState,
    Ground,
    PartnerKind,
    ReferralState,
    State,
    TopUpState,
    Wish,
)
from backend.kit.fields import (
    Currency,
    Day,
    Instant,
    LongText,
    MinorNotNegative,
    MinorPositive,
    Pattern,
    ShortText,
    StrictSchema,
    TextsSchema,
    Truth,
    WordsToHer,
)
from backend.kit.http import OutSchema
from backend.kit.paging import PageArgs, page_schema

MONTH_PATTERN = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
DOCUMENTS_MAX = 20
REGIONS_MAX = 50


def _amounts(kinds: tuple[str, ...], name: str) -> Any:
    # A field for each kind, so that the interface names them all.
    return fields.Nested(
        StrictSchema.from_dict({kind: MinorNotNegative() for kind in kinds}, name=name),
        required=True,
        metadata={"description": "Of one month, in minor units."},
    )


class StatementSchema(StrictSchema):
    currency = Currency(required=True)
    income = _amounts(INCOME_KINDS, "IncomeSchema")
    fixed_costs = _amounts(FIXED_KINDS, "FixedCostsSchema")
    flexible_costs = _amounts(FLEXIBLE_KINDS, "FlexibleCostsSchema")
    other_debts_minor = MinorNotNegative(
        load_default=0, metadata={"description": "What other lenders get in a month."}
    )


def statement_of(loaded: dict[str, Any] | None) -> Statement | None:
    """What was read from the wire, for the rules."""
    return None if loaded is None else Statement(**loaded)


def _document_ids() -> Any:
    return fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=DOCUMENTS_MAX)
    )


class ApplicationInSchema(StrictSchema):
    reason = fields.String(required=True, validate=validate.OneOf([str(r) for r in Reason]))
    affordability = fields.Nested(StatementSchema, required=True)
    text = LongText(1, 4_000, load_default=None)
    document_ids = _document_ids()
    wishes = fields.List(
        fields.String(validate=validate.OneOf([str(wish) for wish in Wish])),
        load_default=list,
        validate=validate.Length(max=len(Wish)),
    )


class InformationSchema(StrictSchema):
    text = LongText(1, 4_000, load_default=None)
    document_ids = _document_ids()
    affordability = fields.Nested(StatementSchema, load_default=None)


class WayOutSchema(OutSchema):
    code = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    text = fields.String(required=True)


class VerdictSchema(OutSchema):
    currency = fields.String(required=True)
    income_minor = fields.Integer(required=True)
    spent_minor = fields.Integer(required=True)
    disposable_minor = fields.Integer(required=True)
    reserve_minor = fields.Integer(
        required=True, metadata={"description": "What stays with you for what nobody foresaw."}
    )
    own_due_minor = fields.Integer(
        required=True, metadata={"description": "What fell due to us in the 30 days to come."}
    )
    is_sustainable = fields.Boolean(required=True)
    finding = fields.String(required=True)
    finding_text = fields.String(required=True)
    would_change = fields.List(fields.Nested(WayOutSchema), required=True)


class HardshipReasonSchema(OutSchema):
    code = fields.String(required=True)
    text = fields.String(required=True)


class HardshipDecisionSchema(OutSchema):
    decided_at = Instant(required=True)
    answer = fields.String(required=True)
    reasons = fields.List(fields.Nested(HardshipReasonSchema), required=True)
    would_change = fields.List(fields.String(), required=True)


class ReliefSchema(OutSchema):
    from_on = Day(required=True)
    until_on = Day(required=True)


class ReferralSchema(OutSchema):
    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": [str(kind) for kind in PartnerKind]})
    kind_text = fields.String(required=True)
    partner = fields.String(required=True)
    about = fields.String(required=True)
    is_synthetic = fields.Boolean(required=True)
    course = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, metadata={"enum": [str(s) for s in ReferralState]})
    state_text = fields.String(required=True)


class AffordabilityOutSchema(OutSchema):
    currency = fields.String(required=True)
    income = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    fixed_costs = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    flexible_costs = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    other_debts_minor = fields.Integer(required=True)


class ApplicationSchema(OutSchema):
    id = fields.UUID(required=True)
    reason = fields.String(required=True, metadata={"enum": [str(reason) for reason in Reason]})
    reason_text = fields.String(required=True)
    needs_document_first = fields.Boolean(
        required=True,
        metadata={"description": "False: relief began with the application, without any document."},
    )
    state = fields.String(required=True, metadata={"enum": [str(state) for state in State]})
    state_text = fields.String(required=True)
    text = fields.String(required=True, allow_none=True)
    wishes = fields.List(fields.String(), required=True)
    document_ids = fields.List(fields.UUID(), required=True)
    affordability = fields.Nested(AffordabilityOutSchema, required=True)
    verdict = fields.Nested(VerdictSchema, required=True)
    submitted_at = Instant(required=True)
    decide_by_on = Day(required=True)
    relief = fields.Nested(ReliefSchema, required=True, allow_none=True)
    question = fields.String(required=True, allow_none=True)
    decision = fields.Nested(HardshipDecisionSchema, required=True, allow_none=True)
    referrals = fields.List(fields.Nested(ReferralSchema), required=True)


ApplicationPageSchema = page_schema(ApplicationSchema, name="HardshipApplicationPage")


class QueuedApplicationSchema(OutSchema):
    borrower_id = fields.UUID(required=True)
    id = fields.UUID(required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True)
    submitted_at = Instant(required=True)
    decide_by_on = Day(required=True)
    relief_until_on = Day(required=True, allow_none=True)


QueuePageSchema = page_schema(QueuedApplicationSchema, name="HardshipQueuePage")


class FundGrantSchema(OutSchema):
    id = fields.UUID(required=True)
    amount_minor = fields.Integer(required=True)
    currency = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": [str(state) for state in FundState]})
    proposed_by = fields.UUID(required=True)
    proposed_at = Instant(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


class StaffApplicationSchema(ApplicationSchema):
    decided_by = fields.UUID(required=True, allow_none=True)
    fund_grant = fields.Nested(FundGrantSchema, required=True, allow_none=True)


class QuestionInSchema(StrictSchema):
    question = WordsToHer(3, 2_000, required=True, metadata={"description": "She reads it."})


class HardshipDecisionInSchema(StrictSchema):
    outcome = fields.String(
        required=True, validate=validate.OneOf([str(State.GRANTED), str(State.DECLINED)])
    )
    grounds = fields.List(
        fields.String(validate=validate.OneOf([str(ground) for ground in Ground])),
        required=True,
        validate=validate.Length(1, len(Ground)),
    )
    answer = WordsToHer(3, 2_000, required=True, metadata={"description": "She reads it."})
    relief_until_on = Day(load_default=None)


class SuggestionSchema(StrictSchema):
    partner_code = ShortText(2, 60, required=True)
    course = ShortText(1, 120, load_default=None)


class ProposalSchema(StrictSchema):
    amount_minor = MinorPositive(required=True)
    currency = Currency(required=True)


class WhySchema(StrictSchema):
    reason = ShortText(3, 200, required=True)


class Month(fields.String):
    """A month as its first day is kept: 2026-11."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return f"{value:%Y-%m}"


class TopUpInSchema(StrictSchema):
    amount_minor = MinorPositive(required=True)
    currency = Currency(required=True)
    month = fields.String(
        required=True, validate=Pattern(MONTH_PATTERN, error="Must be a month: 2026-11.")
    )
    reason = ShortText(3, 200, required=True)


class TopUpSchema(OutSchema):
    id = fields.UUID(required=True)
    amount_minor = fields.Integer(required=True)
    currency = fields.String(required=True)
    month = Month(required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": [str(state) for state in TopUpState]})
    asked_by = fields.UUID(required=True)
    asked_at = Instant(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


TopUpPageSchema = page_schema(TopUpSchema, name="HardshipTopUpPage")


class BudgetSchema(OutSchema):
    currency = fields.String(required=True)
    month = Month(required=True)
    available_minor = fields.Integer(required=True)
    reserved_minor = fields.Integer(required=True)
    paid_minor = fields.Integer(required=True)


class FundSchema(OutSchema):
    budgets = fields.List(fields.Nested(BudgetSchema), required=True)


class FundEntrySchema(OutSchema):
    id = fields.UUID(required=True)
    from_account = fields.String(required=True)
    to_account = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    cause = fields.String(required=True)
    at = Instant(required=True)


FundEntryPageSchema = page_schema(FundEntrySchema, name="HardshipFundEntryPage")


class EntriesArgs(PageArgs):
    currency = Currency(required=True)
    month = fields.String(
        required=True, validate=Pattern(MONTH_PATTERN, error="Must be a month: 2026-11.")
    )


class PartnerInSchema(StrictSchema):
    kind = fields.String(required=True, validate=validate.OneOf([str(k) for k in PartnerKind]))
    name = ShortText(1, 120, required=True)
    about = fields.Nested(TextsSchema, required=True)
    regions = fields.List(
        ShortText(1, 60), required=True, validate=validate.Length(max=REGIONS_MAX)
    )
    is_active = Truth(load_default=True)


class PartnerSchema(OutSchema):
    code = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    about = fields.Dict(required=True)
    regions = fields.List(fields.String(), required=True)
    is_synthetic = fields.Boolean(required=True)
    is_active = fields.Boolean(required=True)
    changed_at = Instant(required=True)


PartnerPageSchema = page_schema(PartnerSchema, name="AidPartnerPage")
