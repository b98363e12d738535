"""What templates say on the wire."""

from typing import Any

from marshmallow import fields, post_load, validate

from backend.events.contacts import Purpose
from backend.kit.fields import (
    Instant,
    LongText,
    OutSchema,
    Pattern,
    ShortText,
    StrictSchema,
    WholeNumber,
)
from backend.kit.paging import page_schema
from notifications.templates.rules import CODE_PATTERN
from notifications.templates.words import FIELDS, Action, Kind, Words

TEXT_MAX = 4_000
REVISION_MAX = 2**31 - 1
LANGUAGES = (("en", "en"), ("zh_cn", "zh-CN"))


class MessageTextSchema(StrictSchema):
    """In both languages; `{name}` is a variable, `[[...]]` is left out where its variable is."""

    en = LongText(1, TEXT_MAX, required=True)
    zh_cn = LongText(1, TEXT_MAX, required=True, data_key="zh-CN")

    @post_load
    def by_language(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """As words are kept."""
        return {key: data[name] for name, key in LANGUAGES}


class MessageWordsSchema(StrictSchema):
    title = fields.Nested(MessageTextSchema, required=True)
    body = fields.Nested(MessageTextSchema, required=True)
    action = fields.Nested(
        MessageTextSchema, required=True, metadata={"description": "The button's label."}
    )
    sms = fields.Nested(
        MessageTextSchema,
        required=True,
        metadata={"description": "Shown on lock screens, as is mail: neutral, no variable."},
    )
    email_subject = fields.Nested(MessageTextSchema, required=True)
    email_body = fields.Nested(MessageTextSchema, required=True)

    @post_load
    def as_words(self, data: dict[str, Any], **_: Any) -> Words:
        """What the service takes."""
        return Words.from_json(data)


class MessageTemplateEditSchema(StrictSchema):
    words = fields.Nested(MessageWordsSchema, required=True)
    note = ShortText(0, 500, load_default="")


class MessageTemplateFormSchema(MessageTemplateEditSchema):
    """The console's form; `revision` is what `If-Match` is elsewhere."""

    revision = WholeNumber(0, REVISION_MAX, required=True)


class MessageTemplateInSchema(MessageTemplateEditSchema):
    code = fields.String(required=True, validate=Pattern(CODE_PATTERN))
    like = fields.String(
        required=True,
        validate=Pattern(CODE_PATTERN),
        metadata={"description": "The shipped template whose variables and button it has."},
    )


class MessagePreviewInSchema(StrictSchema):
    like = fields.String(required=True, validate=Pattern(CODE_PATTERN))
    words = fields.Nested(MessageWordsSchema, required=True)


class MessageShownSchema(OutSchema):
    title = fields.String(required=True)
    body = fields.String(required=True)
    action = fields.String(required=True)
    action_code = fields.String(required=True, validate=validate.OneOf(list(map(str, Action))))
    sms = fields.String(required=True)
    sms_segments = fields.Integer(
        required=True, metadata={"description": "How many text messages it takes."}
    )
    email_subject = fields.String(required=True)
    email_body = fields.String(required=True)
    push_title = fields.String(required=True)
    push_body = fields.String(required=True)


class MessagePreviewSchema(OutSchema):
    en = fields.Nested(MessageShownSchema, required=True)
    zh_cn = fields.Nested(MessageShownSchema, required=True, data_key="zh-CN")


class MessageTemplateSchema(OutSchema):
    code = fields.String(required=True)
    like = fields.String(required=True, attribute="like.code")
    purpose = fields.String(required=True, validate=validate.OneOf(list(map(str, Purpose))))
    action_code = fields.String(required=True)
    variables = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.OneOf(list(map(str, Kind)))),
        required=True,
    )
    live_version = fields.Integer(required=True, allow_none=True)
    newest_version = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    is_shipped = fields.Boolean(required=True)


MessageTemplatePageSchema = page_schema(MessageTemplateSchema, name="MessageTemplatePage")


class MessageTemplateVersionSchema(OutSchema):
    code = fields.String(required=True)
    version = fields.Integer(required=True)
    words = fields.Dict(required=True, metadata={"description": ", ".join(FIELDS)})
    note = fields.String(required=True)
    author_id = fields.UUID(required=True, allow_none=True)
    created_at = Instant(required=True, allow_none=True)
    publisher_id = fields.UUID(required=True, allow_none=True)
    published_at = Instant(required=True, allow_none=True)


class MessageTemplateDetailSchema(MessageTemplateSchema):
    live_words = fields.Dict(required=True, allow_none=True)
    newest_words = fields.Dict(required=True)
