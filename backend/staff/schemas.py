"""What the operator's routes say."""

from marshmallow import fields

from backend.kit.fields import Day, Instant, OutSchema, ShortText, StrictSchema, WholeNumber
from backend.kit.paging import page_schema


class JobRunSchema(OutSchema):
    id = fields.UUID(required=True)
    slot = fields.String(required=True)
    as_of = Day(required=True)
    state = fields.String(required=True)
    attempts = fields.Integer(required=True)
    started_at = Instant(required=True)
    finished_at = Instant(required=True, allow_none=True)
    result = fields.Dict(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


class JobSchema(OutSchema):
    name = fields.String(required=True)
    schedule = fields.String(required=True)
    next_at = Instant(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)
    runs = fields.List(fields.Nested(JobRunSchema), required=True)


class JobsSchema(OutSchema):
    items = fields.List(fields.Nested(JobSchema), required=True)
    open_deliveries = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class ParkedSchema(OutSchema):
    handler = fields.String(required=True)
    seq = fields.Integer(required=True)
    event = fields.String(required=True)
    attempts = fields.Integer(required=True)
    last_error = fields.String(required=True, allow_none=True)
    parked_at = Instant(required=True)


class ParkedListSchema(OutSchema):
    items = fields.List(fields.Nested(ParkedSchema), required=True)


class RetrySchema(StrictSchema):
    handler = ShortText(required=True)
    seq = WholeNumber(1, 2**62, required=True)


class StaffActionSchema(OutSchema):
    id = fields.UUID(required=True)
    staff_id = fields.UUID(required=True, allow_none=True)
    action = fields.String(required=True)
    subject = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    details = fields.Dict(required=True)
    at = Instant(required=True)


StaffActionPageSchema = page_schema(StaffActionSchema, name="StaffActionPageSchema")
