"""Unmaskings on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import Instant, LongText, OutSchema, StrictSchema
from community.moderation.rules import REASON_LENGTH_MAX, REASON_LENGTH_MIN

RIGHT, WRONG = "right", "wrong"


class UnmaskInSchema(StrictSchema):
    claim_token = fields.UUID(required=True)
    reason = LongText(REASON_LENGTH_MIN, REASON_LENGTH_MAX, required=True)


class UnmaskedSchema(OutSchema):
    id = fields.UUID(required=True)
    borrower_id = fields.UUID(required=True)


class LookInSchema(StrictSchema):
    was_right = fields.Boolean(required=True)


class LookForm(StrictSchema):
    answer = fields.String(required=True, validate=validate.OneOf([RIGHT, WRONG]))


class UnmaskingSchema(OutSchema):
    id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    staff_id = fields.UUID(required=True)
    reason = fields.String(required=True)
    at = Instant(required=True)
    seen_by = fields.UUID(required=True, allow_none=True)
    seen_at = Instant(required=True, allow_none=True)
    was_right = fields.Boolean(required=True, allow_none=True)


class UnmaskingsSchema(OutSchema):
    items = fields.List(fields.Nested(UnmaskingSchema), required=True)
