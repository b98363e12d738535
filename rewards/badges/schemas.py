"""What badges say on the wire."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from backend.kit.fields import (
    Day,
    Instant,
    LineToHer,
    OutSchema,
    Pattern,
    ShortText,
    StrictSchema,
    WholeNumber,
)
from backend.kit.paging import page_schema
from rewards.badges.pictures import NAMES
from rewards.badges.rules import (
    CAUSES_OF_STAFF,
    CODE_PATTERN,
    COUNTERS_MAX,
    GOAL_MAX,
    NAME_LENGTH_MAX,
    TEXT_LENGTH_MAX,
    Repeats,
    State,
)

DOCUMENT_FIELDS = (
    "predicate", "counters", "repeats", "picture", "name", "description", "how_to_earn",
)  # fmt: skip


class BadgeProgressSchema(OutSchema):
    fact = fields.String(required=True)
    current = fields.Integer(required=True)
    goal = fields.Integer(required=True)
    text = fields.String(required=True)


class NextBadgeSchema(OutSchema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    how_to_earn = fields.String(required=True)
    picture_url = fields.String(required=True)
    repeats = fields.String(required=True)
    progress = fields.List(fields.Nested(BadgeProgressSchema), required=True)


class OwnAwardSchema(OutSchema):
    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    picture_url = fields.String(required=True)
    period = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf([str(each) for each in State]))
    earned_on = Day(required=True)
    awarded_at = Instant(required=True)
    revoked_at = Instant(required=True, allow_none=True)
    revoked_because = fields.String(required=True, allow_none=True)


class OwnBadgesSchema(OutSchema):
    items = fields.List(fields.Nested(OwnAwardSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    next = fields.List(
        fields.Nested(NextBadgeSchema),
        required=True,
        metadata={"description": "What you do not hold yet, with how far you are."},
    )


class BadgeNameSchema(StrictSchema):
    """In both languages, short enough for a picture's caption."""

    en = LineToHer(1, NAME_LENGTH_MAX, required=True)
    zh_cn = LineToHer(1, NAME_LENGTH_MAX, required=True, data_key="zh-CN")


class BadgeWordsSchema(StrictSchema):
    en = LineToHer(1, TEXT_LENGTH_MAX, required=True)
    zh_cn = LineToHer(1, TEXT_LENGTH_MAX, required=True, data_key="zh-CN")


class BadgeCounterSchema(StrictSchema):
    fact = ShortText(1, 60, required=True)
    goal = WholeNumber(1, GOAL_MAX, required=True)


def _counters(**kwargs: Any) -> Any:
    return fields.List(
        fields.Nested(BadgeCounterSchema), validate=validate.Length(max=COUNTERS_MAX), **kwargs
    )


class _Condition(StrictSchema):
    predicate = fields.Raw(
        load_default=lambda: {"all": []},
        metadata={"type": "object", "description": "A condition on facts; absent: none."},
    )
    counters = _counters(load_default=list)


class BadgeEditSchema(_Condition):
    repeats = fields.String(
        load_default="never", validate=validate.OneOf([str(each) for each in Repeats])
    )
    picture = fields.String(required=True, validate=validate.OneOf(NAMES))
    name = fields.Nested(BadgeNameSchema, required=True)
    description = fields.Nested(BadgeWordsSchema, required=True)
    how_to_earn = fields.Nested(BadgeWordsSchema, required=True)
    note = ShortText(0, 500, load_default="")

    @post_load
    def as_document(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The definition as it is kept, apart from what is said beside it."""
        document = {name: data.pop(name) for name in DOCUMENT_FIELDS}
        for name in ("name", "description", "how_to_earn"):
            words = document[name]
            document[name] = {"en": words["en"], "zh-CN": words["zh_cn"]}
        return data | {"document": document}


class BadgeInSchema(BadgeEditSchema):
    code = fields.String(required=True, validate=Pattern(CODE_PATTERN))


class BadgePreviewInSchema(_Condition):
    predicate = fields.Raw(required=True, metadata={"type": "object"})


class BadgeSampleSchema(OutSchema):
    borrower_id = fields.UUID(required=True)
    facts = fields.Dict(required=True)


class BadgePreviewSchema(OutSchema):
    borrowers = fields.Integer(required=True)
    samples = fields.List(fields.Nested(BadgeSampleSchema), required=True)


class BadgeSchema(OutSchema):
    code = fields.String(required=True)
    revision = fields.Integer(required=True)
    live_version = fields.Integer(required=True, allow_none=True)
    newest_version = fields.Integer(required=True)
    created_at = Instant(required=True)
    retired_at = Instant(required=True, allow_none=True)


BadgePageSchema = page_schema(BadgeSchema, name="BadgeDefinitionPage")


class BadgeVersionSchema(OutSchema):
    code = fields.String(required=True)
    version = fields.Integer(required=True)
    definition = fields.Dict(required=True, attribute="document")
    note = fields.String(required=True)
    author_id = fields.UUID(required=True, allow_none=True)
    created_at = Instant(required=True)
    publisher_id = fields.UUID(required=True, allow_none=True)
    published_at = Instant(required=True, allow_none=True)


class BadgeDetailSchema(BadgeSchema):
    holders = fields.Integer(required=True)
    live = fields.Nested(BadgeVersionSchema, required=True, allow_none=True)
    newest = fields.Nested(BadgeVersionSchema, required=True)


class BadgeRevocationSchema(StrictSchema):
    cause = fields.String(
        required=True, validate=validate.OneOf([str(each) for each in CAUSES_OF_STAFF])
    )
    note = ShortText(1, 500, required=True)

    @post_load
    def say_something(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """A reason of blanks is none."""
        if not data["note"].strip():
            raise ValidationError("Say why.", "note")
        return data


class BadgeAwardSchema(OutSchema):
    borrower_id = fields.UUID(required=True)
    id = fields.UUID(required=True)
    code = fields.String(required=True)
    version = fields.Integer(required=True)
    period = fields.String(required=True)
    state = fields.String(required=True)
    earned_on = Day(required=True)
    awarded_at = Instant(required=True)
    facts = fields.Dict(required=True)
    revoked_at = Instant(required=True, allow_none=True)
    revoked_cause = fields.String(required=True, allow_none=True)
    revoked_by = fields.UUID(required=True, allow_none=True)
    revoked_note = fields.String(required=True, allow_none=True)
