"""Procedures on the wire."""

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.events.contacts import Channel
from backend.kit.fields import Day, Instant, LongText, OutSchema, ShortText, StrictSchema
from backend.kit.paging import PageArgs, page_schema
from backend.procedures.rules import Ground, State
from backend.procedures.service.hand_over import PARTS

DOCUMENTS_MAX = 10
REPLY_LENGTH_MAX = 4_000
REASON_LENGTH_MAX = 500


class ProcedureReplyInSchema(StrictSchema):
    text = LongText(1, REPLY_LENGTH_MAX, required=True)
    document_ids = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=DOCUMENTS_MAX)
    )


class ProcedureReplySchema(OutSchema):
    at = Instant(required=True)
    text = fields.String(required=True)
    document_ids = fields.List(fields.UUID(), required=True)


class OwnProcedureSchema(OutSchema):
    id = fields.UUID(required=True)
    ground = fields.String(required=True)
    ground_text = fields.String(required=True)
    state = fields.String(required=True)
    state_text = fields.String(required=True)
    opened_at = Instant(required=True)
    reply_until_on = Day(required=True, metadata={"description": "The last day that is yours."})
    may_reply = fields.Boolean(required=True)
    what_you_can_do = fields.List(fields.String(), required=True)
    help = fields.String(required=True, metadata={"description": "Where help is."})
    replies = fields.List(fields.Nested(ProcedureReplySchema), required=True)


class OwnProceduresSchema(OutSchema):
    items = fields.List(fields.Nested(OwnProcedureSchema), required=True)


class ProcedureArgs(PageArgs):
    state = fields.String(
        load_default=None,
        validate=validate.OneOf([str(state) for state in State]),
        metadata={"description": "Without it, those that are still open."},
    )


class ProcedureInSchema(StrictSchema):
    ground = fields.String(
        required=True, validate=validate.OneOf([str(ground) for ground in Ground])
    )
    document_id = fields.UUID(
        load_default=None, metadata={"description": "Of a forged proof: which document."}
    )
    notice_channel = fields.String(
        required=True,
        validate=validate.OneOf([str(channel) for channel in Channel]),
        metadata={"description": "How the notice goes to her, besides the app."},
    )
    reason = ShortText(1, REASON_LENGTH_MAX, required=True)

    @validates_schema
    def check_document(self, data: dict[str, object], **_: object) -> None:
        """A forgery names its document, silence none."""
        if (data["ground"] == Ground.FORGED_PROOF) != (data["document_id"] is not None):
            raise ValidationError("Of a forged proof alone.", "document_id")


class ProcedureReasonInSchema(StrictSchema):
    reason = ShortText(1, REASON_LENGTH_MAX, required=True)


class ProcedureDecisionInSchema(ProcedureReasonInSchema):
    outcome = fields.String(
        required=True, validate=validate.OneOf([str(State.UPHELD), str(State.DISMISSED)])
    )


class ProcedureStepSchema(OutSchema):
    number = fields.Integer(required=True)
    state = fields.String(required=True)
    reason = fields.String(required=True)
    staff_id = fields.UUID(required=True, allow_none=True)
    at = Instant(required=True)


class ProcedureSchema(OutSchema):
    borrower_id = fields.UUID(required=True)
    id = fields.UUID(required=True)
    ground = fields.String(required=True)
    state = fields.String(required=True)
    document_id = fields.UUID(required=True, allow_none=True)
    proof = fields.Dict(
        required=True, metadata={"description": "What the ledger proved at the opening."}
    )
    notice_channel = fields.String(required=True)
    opened_by = fields.UUID(required=True)
    opened_at = Instant(required=True)
    reply_until_on = Day(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    terminated_at = Instant(required=True, allow_none=True)
    lifted_at = Instant(required=True, allow_none=True)


class WholeProcedureSchema(ProcedureSchema):
    steps = fields.List(fields.Nested(ProcedureStepSchema), required=True)
    replies = fields.List(fields.Nested(ProcedureReplySchema), required=True)


ProcedurePageSchema = page_schema(ProcedureSchema, name="ProcedurePage")


class HandOverSchema(OutSchema):
    sha256 = fields.String(
        required=True,
        metadata={"description": "Of `file` as JSON with sorted keys and no spaces."},
    )
    file = fields.Dict(required=True)


class PartArgs(StrictSchema):
    part = fields.String(required=True, validate=validate.OneOf(PARTS))
