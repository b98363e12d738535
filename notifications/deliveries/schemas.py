"""Deliveries on the wire: what an app says of one, and what staff see of those that failed."""

from marshmallow import fields, validate

from backend.kit.fields import Instant, OutSchema, StrictSchema
from backend.kit.paging import page_schema
from notifications.deliveries.rules import Event


class DeliveryReceiptSchema(StrictSchema):
    event = fields.String(
        required=True,
        validate=validate.OneOf([str(event) for event in Event]),
        metadata={"description": "What became of it on the device."},
    )


class DeadLetterSchema(OutSchema):
    borrower_id = fields.UUID(required=True)
    id = fields.UUID(required=True)
    purpose = fields.String(required=True)
    template = fields.String(required=True)
    channel = fields.String(required=True)
    why = fields.String(required=True, metadata={"description": "refused or tried_enough."})
    code = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The provider's own, at the last try."},
    )
    attempts = fields.Integer(required=True)
    failed_at = Instant(required=True)
    expires_at = Instant(required=True, metadata={"description": "Later it is not worth telling."})


class DeadLetterRetrySchema(StrictSchema):
    borrower_id = fields.UUID(required=True)
    id = fields.UUID(required=True)


DeadLetterPageSchema = page_schema(DeadLetterSchema, name="DeadLetterPage")
