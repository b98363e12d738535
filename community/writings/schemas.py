"""What posts and comments have in common on the wire."""

from marshmallow import fields

from backend.kit.fields import Instant, OutSchema
from community.detectors.schemas import HelpSchema
from community.members.schemas import AuthorSchema
from community.writings.rules import Kind, State


class ReactionCountsSchema(OutSchema):
    helpful = fields.Integer(required=True)
    thanks = fields.Integer(required=True)
    hug = fields.Integer(required=True)


class WritingReasonSchema(OutSchema):
    code = fields.String(required=True)
    text = fields.String(required=True)


class WritingSchema(OutSchema):
    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": [str(each) for each in Kind]})
    body = fields.String(required=True)
    state = fields.String(
        required=True,
        metadata={
            "enum": [str(each) for each in State if each is not State.DELETED],
            "description": "Others are shown what is published.",
        },
    )
    reasons = fields.List(
        fields.Nested(WritingReasonSchema),
        required=True,
        metadata={"description": "Why it waits, or is not shown; to its author alone."},
    )
    version = fields.Integer(required=True)
    author = fields.Nested(AuthorSchema, required=True)
    reactions = fields.Nested(ReactionCountsSchema, required=True)
    your_reactions = fields.List(fields.String(), required=True)
    created_at = Instant(required=True)
    edited_at = Instant(required=True, allow_none=True)
    published_at = Instant(required=True, allow_none=True)


class WrittenMixin(OutSchema):
    """What only the answer to writing has."""

    help = fields.Nested(
        HelpSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Where the words speak of despair: whom she can reach now."},
    )


class EarlierTextSchema(OutSchema):
    version = fields.Integer(required=True)
    title = fields.String(required=True, allow_none=True)
    body = fields.String(required=True)
    replaced_at = Instant(required=True)


class HistorySchema(OutSchema):
    items = fields.List(fields.Nested(EarlierTextSchema), required=True)
