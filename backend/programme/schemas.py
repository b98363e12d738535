"""What an enrolment says on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import Instant, OutSchema, ShortText, StrictSchema
from backend.programme.rules import Status


class EnrolmentChangeSchema(OutSchema):
    number = fields.Integer(required=True)
    status = fields.String(required=True)
    reason = fields.String(required=True)
    staff_id = fields.UUID(required=True, allow_none=True)
    at = Instant(required=True)


class EnrolmentSchema(OutSchema):
    status = fields.String(required=True, allow_none=True)
    assignment = fields.String(required=True, allow_none=True)
    since_at = Instant(required=True, allow_none=True)
    history = fields.List(fields.Nested(EnrolmentChangeSchema), required=True)


class EnrolmentMoveSchema(StrictSchema):
    status = fields.String(required=True, validate=validate.OneOf([str(each) for each in Status]))
    reason = ShortText(1, 200, required=True)
