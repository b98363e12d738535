"""Posts on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import LongText, ShortText, StrictSchema
from backend.kit.paging import PageArgs, page_schema
from community.posts.rules import Feed
from community.topics.rules import Topic
from community.writings.rules import BODY_LENGTH_MAX, POST_KINDS, TITLE_LENGTH_MAX, Kind
from community.writings.schemas import WritingSchema, WrittenMixin

QUERY_LENGTH_MAX = 100


class PostInSchema(StrictSchema):
    title = ShortText(1, TITLE_LENGTH_MAX, required=True)
    body = LongText(1, BODY_LENGTH_MAX, required=True)
    topic = fields.Enum(Topic, by_value=True, required=True)
    kind = fields.Enum(
        Kind,
        by_value=True,
        load_default=Kind.POST,
        validate=validate.OneOf(POST_KINDS),
        metadata={"enum": [str(each) for each in POST_KINDS]},
    )


class PostChangeSchema(StrictSchema):
    title = ShortText(1, TITLE_LENGTH_MAX)
    body = LongText(1, BODY_LENGTH_MAX)


class FeedArgs(PageArgs):
    feed = fields.Enum(
        Feed,
        by_value=True,
        load_default=Feed.NEW,
        metadata={"description": "`helpful`: most often so called first. `own`: yours, held too."},
    )
    topic = fields.Enum(Topic, by_value=True, load_default=None)
    q = ShortText(
        1,
        QUERY_LENGTH_MAX,
        load_default=None,
        metadata={"description": "Words in title or text, English or Chinese; all must be there."},
    )


class PostSchema(WritingSchema):
    topic = fields.String(required=True, metadata={"enum": [str(each) for each in Topic]})
    title = fields.String(required=True)
    comments = fields.Integer(required=True)
    answer_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The comment that helped, as the thread's author says."},
    )


class WrittenPostSchema(PostSchema, WrittenMixin):
    pass


PostPageSchema = page_schema(PostSchema, name="PostPage")
