"""Members on the wire."""

from marshmallow import fields

from backend.kit.fields import Instant, OutSchema


class AuthorSchema(OutSchema):
    handle = fields.String(required=True, metadata={"example": "calm-heron-4821"})
    name = fields.String(
        required=True, metadata={"description": "The same in the reader's language."}
    )
    is_you = fields.Boolean(required=True)


class OwnMemberSchema(OutSchema):
    handle = fields.String(required=True)
    name = fields.String(required=True)
    joined_at = Instant(required=True)
    new_handle_from = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "From when on another name can be drawn; null: now."},
    )
    blocked = fields.List(fields.Nested(AuthorSchema), required=True)
