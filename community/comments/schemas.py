"""Comments on the wire."""

from marshmallow import fields

from backend.kit.fields import LongText, StrictSchema
from backend.kit.paging import page_schema
from community.writings.rules import COMMENT_LENGTH_MAX
from community.writings.schemas import WritingSchema, WrittenMixin


class CommentInSchema(StrictSchema):
    body = LongText(1, COMMENT_LENGTH_MAX, required=True)


class AnswerInSchema(StrictSchema):
    comment_id = fields.UUID(required=True)


class CommentSchema(WritingSchema):
    post_id = fields.UUID(required=True)


class WrittenCommentSchema(CommentSchema, WrittenMixin):
    pass


CommentPageSchema = page_schema(CommentSchema, name="CommentPage")
