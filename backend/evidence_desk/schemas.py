"""The log on the wire, for staff."""

from marshmallow import fields, validate

from backend.evidence.checking import RECEIPT_LENGTH_MAX
from backend.evidence.service import Act
from backend.kit.fields import ExternalId, Instant, LongText, OutSchema, StrictSchema
from backend.kit.paging import PageArgs, page_schema

RECORD_LENGTH_MAX = 60_000
SALT_LENGTH_MAX = 60


class EntryArgs(PageArgs):
    """`?type=` and `?borrower_external_id=` beside a page's own."""

    type = fields.String(load_default=None, validate=validate.OneOf([str(act) for act in Act]))
    borrower_external_id = ExternalId(
        load_default=None,
        metadata={"description": "What was logged of her. It is a look at her: say why."},
    )


class LogEntrySchema(OutSchema):
    index = fields.Integer(required=True, allow_none=True, attribute="entry_index")
    state = fields.String(required=True, metadata={"enum": ["waiting", "logged"]})
    type = fields.String(required=True, metadata={"example": "consent.given"})
    name = fields.String(required=True)
    at = Instant(required=True)
    record_id = fields.UUID(required=True)
    commitment = fields.String(required=True, allow_none=True)
    erased_at = Instant(required=True, allow_none=True)


LogEntryPageSchema = page_schema(LogEntrySchema, name="LogEntryPageSchema")


class ProofStepSchema(OutSchema):
    step = fields.String(required=True)
    text = fields.String(required=True)
    holds = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "null: erased, so that there is nothing left to hold."},
    )


class LogProofSchema(OutSchema):
    holds = fields.Boolean(required=True)
    steps = fields.List(fields.Nested(ProofStepSchema), required=True)
    index = fields.Integer(required=True, allow_none=True)
    size = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of the head it is proved under."}
    )
    root = fields.String(required=True, allow_none=True, metadata={"description": "Hexadecimal."})
    witnesses = fields.Integer(required=True)


class ProvedEntrySchema(OutSchema):
    entry = fields.Nested(LogEntrySchema, required=True)
    proof = fields.Nested(LogProofSchema, required=True)


class ReceiptInSchema(StrictSchema):
    receipt = LongText(1, RECEIPT_LENGTH_MAX, required=True)
    record = LongText(1, RECORD_LENGTH_MAX, load_default=None)
    salt = LongText(1, SALT_LENGTH_MAX, load_default=None)


class LogHeadSchema(OutSchema):
    size = fields.Integer(required=True)
    root = fields.String(required=True)
    signed_at = Instant(required=True)
    witnesses = fields.Integer(required=True)
    waiting = fields.Integer(
        required=True, metadata={"description": "Acts not sealed yet, counted up to 10,000."}
    )
