"""Disputes on the wire."""

from marshmallow import fields, validate

from backend.disputes.rules import DECIDED, TEXT_LENGTH_MAX, About, Ground, State
from backend.kit.fields import (
    Day,
    Instant,
    LongText,
    Minor,
    MinorPositive,
    OutSchema,
    StrictSchema,
    WordsToHer,
)
from backend.kit.paging import page_schema


class DisputeInSchema(StrictSchema):
    loan_id = fields.UUID(required=True)
    about = fields.Enum(About, by_value=True, required=True)
    text = LongText(1, TEXT_LENGTH_MAX, required=True)
    adjustment_id = fields.UUID(
        load_default=None,
        metadata={"description": "The fee or penalty meant: `id` in the loan's fees."},
    )
    payment_id = fields.UUID(
        load_default=None, metadata={"description": "The payment meant: `id` in its payments."}
    )


class WordsInSchema(StrictSchema):
    text = LongText(1, TEXT_LENGTH_MAX, required=True)


class QuestionToHerInSchema(StrictSchema):
    text = WordsToHer(
        1, TEXT_LENGTH_MAX, required=True, metadata={"description": "She reads these words."}
    )


class DisputeDecisionInSchema(StrictSchema):
    outcome = fields.String(
        required=True, validate=validate.OneOf([str(each) for each in sorted(DECIDED)])
    )
    grounds = fields.List(
        fields.Enum(Ground, by_value=True), required=True, validate=validate.Length(1, len(Ground))
    )
    answer = WordsToHer(
        1, TEXT_LENGTH_MAX, required=True, metadata={"description": "She reads these words."}
    )
    amount_minor = MinorPositive(
        load_default=None,
        metadata={"description": "Of a fee or penalty that is upheld in part: what was wrong."},
    )


class CodedSchema(OutSchema):
    code = fields.String(required=True)
    text = fields.String(required=True)


class DisputeSchema(OutSchema):
    id = fields.UUID(required=True)
    loan_id = fields.UUID(required=True)
    about = fields.String(required=True, metadata={"enum": [str(each) for each in About]})
    about_text = fields.String(required=True)
    adjustment_id = fields.UUID(required=True, allow_none=True)
    payment_id = fields.UUID(required=True, allow_none=True)
    state = fields.String(required=True, metadata={"enum": [str(each) for each in State]})
    text = fields.String(required=True)
    submitted_at = Instant(required=True)
    changed_at = Instant(required=True)
    answer_by = Day(required=True, allow_none=True)
    currency = fields.String(required=True)
    waived_minor = Minor(required=True)
    correction_minor = Minor(
        required=True,
        metadata={"description": "What no waiver could mend any more: the lender corrects it."},
    )
    reasons = fields.List(fields.Nested(CodedSchema), required=True)
    would_change = fields.List(fields.Nested(CodedSchema), required=True)


class StepSchema(OutSchema):
    state = fields.String(required=True)
    by = fields.String(required=True, metadata={"enum": ["borrower", "staff"]})
    text = fields.String(required=True, allow_none=True)
    at = Instant(required=True)


class WholeDisputeSchema(DisputeSchema):
    steps = fields.List(fields.Nested(StepSchema), required=True)


DisputePageSchema = page_schema(DisputeSchema, name="DisputePage")


class QueuedDisputeSchema(OutSchema):
    id = fields.UUID(required=True)
    borrower_id = fields.UUID(required=True)
    loan_id = fields.UUID(required=True)
    about = fields.String(required=True)
    state = fields.String(required=True)
    submitted_at = Instant(required=True)
    due_on = Day(required=True)
    is_overdue = fields.Boolean(required=True)
    taken_by = fields.UUID(required=True, allow_none=True)


QueuedDisputePageSchema = page_schema(QueuedDisputeSchema, name="QueuedDisputePage")


class StaffStepSchema(StepSchema):
    staff_id = fields.UUID(required=True, allow_none=True)


class StaffDisputeSchema(DisputeSchema):
    borrower_id = fields.UUID(required=True)
    due_on = Day(required=True)
    taken_by = fields.UUID(required=True, allow_none=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    steps = fields.List(fields.Nested(StaffStepSchema), required=True)
