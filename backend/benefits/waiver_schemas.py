"""Waiver requests on the wire."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.benefits.reasons import Reason
from backend.benefits.rules import WAIVER_MONTHS_MAX
from backend.benefits.schemas import CodedTextSchema
from backend.benefits.waiver_rules import DECIDED, Ground, State
from backend.kit.fields import Day, Instant, Minor, OutSchema, StrictSchema, WholeNumber, WordsToHer
from backend.kit.paging import page_schema

ANSWER_LENGTH_MAX = 2_000


class WaiverRequestInSchema(StrictSchema):
    loan_id = fields.UUID(required=True)
    reason = fields.Enum(Reason, by_value=True, required=True)
    periods = WholeNumber(
        1,
        WAIVER_MONTHS_MAX,
        load_default=None,
        metadata={
            "description": "Months of penalty interest, those with the most open first;"
            " as many as can be waived at once when absent."
        },
    )


class LineSchema(OutSchema):
    period = fields.String(required=True, metadata={"example": "2026-10"})
    amount_minor = Minor(required=True)


class WaiverRequestSchema(OutSchema):
    id = fields.UUID(required=True)
    loan_id = fields.UUID(required=True)
    reason = fields.String(required=True)
    periods = fields.Integer(required=True)
    state = fields.String(required=True, metadata={"enum": [str(each) for each in State]})
    text = fields.String(required=True)
    is_automatic = fields.Boolean(required=True)
    by_person_because = fields.List(fields.Nested(CodedTextSchema), required=True)
    currency = fields.String(required=True)
    waived_minor = Minor(required=True)
    lines = fields.List(fields.Nested(LineSchema), required=True)
    answer = fields.String(required=True, allow_none=True)
    reasons = fields.List(fields.Nested(CodedTextSchema), required=True)
    would_change = fields.List(fields.Nested(CodedTextSchema), required=True)
    asked_at = Instant(required=True)
    changed_at = Instant(required=True)
    answer_by = Day(required=True, allow_none=True)


WaiverRequestPageSchema = page_schema(WaiverRequestSchema, name="WaiverRequestPage")


class StaffWaiverRequestSchema(WaiverRequestSchema):
    borrower_id = fields.UUID(required=True)
    due_on = Day(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)


StaffWaiverRequestPageSchema = page_schema(StaffWaiverRequestSchema, name="StaffWaiverRequestPage")


class WaiverDecisionSchema(StrictSchema):
    outcome = fields.String(
        required=True, validate=validate.OneOf([str(each) for each in sorted(DECIDED)])
    )
    periods = WholeNumber(
        1,
        WAIVER_MONTHS_MAX,
        load_default=None,
        metadata={"description": "Months to waive; as many as she asked for when absent."},
    )
    grounds = fields.List(
        fields.Enum(Ground, by_value=True),
        load_default=(),
        validate=validate.Length(0, len(Ground)),
        metadata={"description": "Why not; one or more where it is rejected."},
    )
    answer = WordsToHer(
        1, ANSWER_LENGTH_MAX, required=True, metadata={"description": "She reads these words."}
    )

    @validates_schema
    def check_outcome(self, data: dict[str, Any], **_: Any) -> None:
        """A no has its grounds, and names no months; a yes has none."""
        is_no = data["outcome"] == State.REJECTED
        if is_no != bool(data["grounds"]):
            raise ValidationError("Are given for one that is rejected, and only then.", "grounds")
        if is_no and data["periods"] is not None:
            raise ValidationError("Is given for one that is approved only.", "periods")
