"""Instructions on the wire."""

from marshmallow import fields

from backend.kit.fields import Instant, OutSchema
from backend.kit.paging import PageArgs, page_schema


class InstructionArgs(PageArgs):
    since = Instant(
        load_default=None, metadata={"description": "Written at this instant or later."}
    )
    open = fields.Boolean(
        load_default=False, metadata={"description": "Only what nobody has acknowledged yet."}
    )


class InstructionSchema(OutSchema):
    id = fields.UUID(required=True)
    borrower_external_id = fields.String(required=True)
    kind = fields.String(required=True)
    payload = fields.Dict(required=True)
    created_at = Instant(required=True)
    acknowledged_at = Instant(required=True, allow_none=True)


InstructionPageSchema = page_schema(InstructionSchema, name="InstructionPageSchema")


class InstructionAcknowledgedSchema(OutSchema):
    id = fields.UUID(required=True)
    acknowledged_at = Instant(required=True)
