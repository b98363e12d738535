"""What grants look like to the core system."""

from marshmallow import fields

from backend.kit.fields import Day, Instant, OutSchema
from backend.kit.paging import PageArgs, page_schema


class SinceArgs(PageArgs):
    since = Instant(
        load_default=None, metadata={"description": "Granted at this instant or later."}
    )


class GrantSchema(OutSchema):
    id = fields.UUID(required=True)
    borrower_external_id = fields.String(required=True)
    kind = fields.String(required=True)
    terms = fields.Dict(required=True)
    cause = fields.String(required=True)
    state = fields.String(required=True)
    granted_at = Instant(required=True)
    expires_on = Day(required=True, allow_none=True)
    acknowledged_at = Instant(required=True, allow_none=True)


GrantPageSchema = page_schema(GrantSchema, name="GrantPageSchema")


class AcknowledgedSchema(OutSchema):
    id = fields.UUID(required=True)
    acknowledged_at = Instant(required=True)
