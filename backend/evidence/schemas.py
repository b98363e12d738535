"""Receipts on the wire."""

from marshmallow import fields

from backend.kit.fields import Instant, OutSchema
from backend.kit.paging import page_schema


class ReceiptSchema(OutSchema):
    id = fields.UUID(required=True)
    type = fields.String(required=True, metadata={"example": "consent.given"})
    name = fields.String(required=True)
    at = Instant(required=True)
    state = fields.String(required=True, metadata={"enum": ["waiting", "logged"]})
    index = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Its place in the log."}
    )
    erased_at = Instant(required=True, allow_none=True)


ReceiptPageSchema = page_schema(ReceiptSchema, name="ReceiptPageSchema")


class ReceiptWithRecordSchema(ReceiptSchema):
    record = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Canonical JSON [RFC 8785]: the bytes that were committed to."},
    )
    salt = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Base64. SHA-256 over the salt and the record is the commitment in the"
            " log; without the salt nobody can guess a record from it."
        },
    )
    commitment = fields.String(
        required=True, allow_none=True, metadata={"description": "In hexadecimal digits."}
    )
