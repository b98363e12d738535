"""Reports on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import Instant, LongText, OutSchema, StrictSchema
from backend.kit.paging import page_schema
from community.reports.rules import NOTE_LENGTH_MAX, Outcome, Reason

TARGETS = ("post", "comment")


class ReportInSchema(StrictSchema):
    target_type = fields.String(required=True, validate=validate.OneOf(TARGETS))
    target_id = fields.UUID(required=True)
    reason = fields.Enum(Reason, by_value=True, required=True)
    note = LongText(1, NOTE_LENGTH_MAX, load_default=None)


class ReportSchema(OutSchema):
    id = fields.UUID(required=True)
    target_type = fields.String(required=True)
    target_id = fields.UUID(required=True)
    reason = fields.String(required=True)
    created_at = Instant(required=True)
    outcome = fields.String(required=True, metadata={"enum": [str(each) for each in Outcome]})
    text = fields.String(required=True)


ReportPageSchema = page_schema(ReportSchema, name="ReportPage")
