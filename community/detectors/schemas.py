"""A check before posting, on the wire."""

from marshmallow import fields

from backend.kit.fields import LongText, OutSchema, ShortText, StrictSchema
from community.detectors.rules import (
    BODY_LENGTH_MAX,
    TITLE_LENGTH_MAX,
    Certainty,
    Kind,
    Verdict,
)


class PostCheckInSchema(StrictSchema):
    title = ShortText(1, TITLE_LENGTH_MAX, required=True)
    body = LongText(1, BODY_LENGTH_MAX, required=True)


class FindingSchema(OutSchema):
    kind = fields.String(required=True, metadata={"enum": [str(each) for each in Kind]})
    certainty = fields.String(required=True, metadata={"enum": [str(each) for each in Certainty]})
    start = fields.Integer(
        required=True,
        metadata={"description": 'In code points of title + "\\n" + body, the first is 0.'},
    )
    end = fields.Integer(required=True, metadata={"description": "Behind its last code point."})
    text = fields.String(required=True, metadata={"description": "Why."})


class HelpLineSchema(OutSchema):
    name = fields.String(required=True)
    reach = fields.String(required=True, metadata={"description": "What to dial."})


class HelpSchema(OutSchema):
    text = fields.String(required=True)
    lines = fields.List(fields.Nested(HelpLineSchema), required=True)


class PostCheckSchema(OutSchema):
    verdict = fields.String(required=True, metadata={"enum": [str(each) for each in Verdict]})
    findings = fields.List(fields.Nested(FindingSchema), required=True)
    help = fields.Nested(
        HelpSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Where the words speak of despair: whom she can reach now."},
    )
