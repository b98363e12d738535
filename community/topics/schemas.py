"""Topics on the wire."""

from marshmallow import fields

from backend.kit.fields import OutSchema


class TopicSchema(OutSchema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    about = fields.String(required=True)
    is_followed = fields.Boolean(required=True)


class TopicListSchema(OutSchema):
    items = fields.List(fields.Nested(TopicSchema), required=True)
