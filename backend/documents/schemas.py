"""What documents look like on the wire: to their borrower, to staff."""

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.documents.rules import (
    METHOD_OPTIONS,
    Kind,
    Outcome,
    Scan,
    State,
    SuspicionState,
)
from backend.kit.fields import Day, Instant, LongText, ShortText, StrictSchema, WordsToHer
from backend.kit.http import OutSchema
from backend.kit.paging import page_schema

DOCUMENTS_MAX = 20


def _one_of(names: type) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf([str(each) for each in names]))  # type: ignore[attr-defined]


class _PeriodSchema(StrictSchema):
    period_from_on = Day(load_default=None)
    period_to_on = Day(load_default=None)

    @validates_schema
    def refuse_reversed(self, data: dict[str, object], **_: object) -> None:
        first, last = data.get("period_from_on"), data.get("period_to_on")
        if first is not None and last is not None and first > last:  # type: ignore[operator]
            raise ValidationError("Must not lie before its beginning.", "period_to_on")


class UploadSchema(_PeriodSchema):
    kind = _one_of(Kind)
    issuer = ShortText(load_default=None)


class QuestionSchema(OutSchema):
    asked_at = Instant(required=True)
    grounds = fields.String(required=True)
    reply_until_on = Day(required=True)
    reply = fields.String(required=True, allow_none=True)
    replied_at = Instant(required=True, allow_none=True)
    outcome = fields.String(required=True, metadata={"enum": [str(s) for s in SuspicionState]})
    outcome_text = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


class DocumentSchema(OutSchema):
    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": [str(kind) for kind in Kind]})
    kind_text = fields.String(required=True)
    media_type = fields.String(required=True)
    size_bytes = fields.Integer(required=True)
    sha256 = fields.String(
        required=True, metadata={"description": "Of what is kept: pictures are encoded anew."}
    )
    issuer = fields.String(required=True, allow_none=True)
    period_from_on = Day(required=True, allow_none=True)
    period_to_on = Day(required=True, allow_none=True)
    state = fields.String(required=True, metadata={"enum": [str(state) for state in State]})
    state_text = fields.String(required=True)
    uploaded_at = Instant(required=True)
    question = fields.Nested(QuestionSchema, required=True, allow_none=True)


DocumentPageSchema = page_schema(DocumentSchema, name="DocumentPage")


class ReplySchema(StrictSchema):
    text = LongText(1, 4_000, required=True)
    document_ids = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=DOCUMENTS_MAX)
    )


class VerificationInSchema(_PeriodSchema):
    outcome = _one_of(Outcome)
    method = fields.String(required=True, validate=validate.OneOf(METHOD_OPTIONS))
    issuer = ShortText(load_default=None)
    expires_on = Day(load_default=None)
    grounds = WordsToHer(
        3,
        2_000,
        load_default=None,
        metadata={"description": "Why it looks forged. She reads it."},
    )


class SuspicionInSchema(StrictSchema):
    grounds = WordsToHer(3, 2_000, required=True, metadata={"description": "She reads it."})


class SuspicionDecisionSchema(StrictSchema):
    outcome = fields.String(
        required=True,
        validate=validate.OneOf([SuspicionState.UPHELD, SuspicionState.DISMISSED]),
    )
    reason = WordsToHer(3, 2_000, required=True, metadata={"description": "She reads it."})


class VerificationSchema(OutSchema):
    id = fields.UUID(required=True)
    outcome = fields.String(required=True)
    method = fields.String(required=True)
    issuer = fields.String(required=True, allow_none=True)
    period_from_on = Day(required=True, allow_none=True)
    period_to_on = Day(required=True, allow_none=True)
    expires_on = Day(required=True, allow_none=True)
    checked_by = fields.UUID(required=True)
    checked_at = Instant(required=True)


class SuspicionSchema(QuestionSchema):
    id = fields.UUID(required=True)
    suspected_by = fields.UUID(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    reply_document_ids = fields.List(fields.UUID(), required=True)


class StaffDocumentSchema(DocumentSchema):
    scan = fields.String(required=True, metadata={"enum": [str(scan) for scan in Scan]})
    is_shown = fields.Boolean(
        required=True, metadata={"description": "Whether it may be opened: see `scan`."}
    )
    verifications = fields.List(fields.Nested(VerificationSchema), required=True)
    suspicions = fields.List(fields.Nested(SuspicionSchema), required=True)


StaffDocumentPageSchema = page_schema(StaffDocumentSchema, name="StaffDocumentPage")
