"""Appeals on the wire."""

from marshmallow import fields

from backend.kit.fields import Instant, LongText, OutSchema, StrictSchema
from community.appeals.rules import TEXT_LENGTH_MAX, Outcome


class AppealInSchema(StrictSchema):
    decision_id = fields.UUID(required=True)
    text = LongText(1, TEXT_LENGTH_MAX, required=True)


class AppealSchema(OutSchema):
    id = fields.UUID(required=True)
    decision_id = fields.UUID(required=True)
    text = fields.String(required=True)
    created_at = Instant(required=True)
    outcome = fields.String(
        required=True, allow_none=True, metadata={"enum": [str(each) for each in Outcome]}
    )
    reason = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


class ReasonsStatementSchema(OutSchema):
    decision_id = fields.UUID(required=True)
    target_type = fields.String(required=True)
    target_id = fields.UUID(required=True)
    action = fields.String(required=True)
    action_text = fields.String(required=True)
    clause = fields.String(required=True)
    clause_text = fields.String(required=True)
    reason = fields.String(required=True)
    days = fields.Integer(required=True, allow_none=True)
    decided_at = Instant(required=True)
    found_by = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Rules that a machine ran; a person decided."},
    )
    is_undone = fields.Boolean(required=True)
    appeal_until = Instant(required=True)
    appeal = fields.Nested(AppealSchema, required=True, allow_none=True)


class OwnSanctionSchema(OutSchema):
    kind = fields.String(required=True)
    text = fields.String(required=True)
    from_at = Instant(required=True)
    until_at = Instant(required=True, allow_none=True)
    decision_id = fields.UUID(required=True)
