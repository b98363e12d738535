"""The inbox on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import Instant, OutSchema, StrictSchema
from backend.kit.paging import PageArgs


class InboxArgs(PageArgs):
    unread = fields.String(
        load_default=None,
        validate=validate.OneOf(["true", "false"]),
        metadata={"description": "`true`: what you have not read; `false`: what you have."},
    )


class ReadAllArgs(StrictSchema):
    up_to = fields.UUID(
        load_default=None,
        metadata={
            "description": "The newest message that you saw: what came after it stays unread."
        },
    )


class InboxItemSchema(OutSchema):
    id = fields.UUID(required=True)
    purpose = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    action = fields.String(required=True, allow_none=True, metadata={"description": "A button."})
    action_code = fields.String(
        required=True, allow_none=True, metadata={"description": "Where it leads in the app."}
    )
    about = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "What it is about, by id, such as `loan_id`."},
    )
    created_at = Instant(required=True)
    read_at = Instant(required=True, allow_none=True)


class UnreadSchema(OutSchema):
    unread_count = fields.Integer(required=True)


class InboxSchema(UnreadSchema):
    items = fields.List(fields.Nested(InboxItemSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
