"""What the catalogue and the audience count say on the wire."""

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.kit.fields import OutSchema, ShortText, StrictSchema, TextsSchema
from backend.kit.predicates import FactType
from backend.profile.rules import NAME_PATTERN, has_other_brace


class FactSchema(OutSchema):
    name = fields.String(required=True)
    type = fields.String(required=True)
    unit = fields.String(required=True)
    source = fields.String(required=True)
    freshness = fields.String(required=True)
    label = fields.String(required=True)
    definition = fields.String(required=True)
    actionable = fields.String(required=True)
    action = fields.String(required=True, allow_none=True)
    is_extra = fields.Boolean(required=True)


class FactsSchema(OutSchema):
    items = fields.List(fields.Nested(FactSchema), required=True)


class _FactWords(StrictSchema):
    unit = ShortText(1, 40, required=True)
    labels = fields.Nested(TextsSchema, required=True)
    actionable = fields.String(load_default="no", validate=validate.OneOf(["up", "down", "no"]))
    action_texts = fields.Nested(TextsSchema, load_default=None, allow_none=True)

    @validates_schema
    def say_how(self, data, **_: object) -> None:  # type: ignore[no-untyped-def]
        if data.get("actionable", "no") != "no" and not data.get("action_texts"):
            raise ValidationError("Say how she can move it.", "action_texts")

    @validates_schema
    def name_the_goal_only(self, data, **_: object) -> None:  # type: ignore[no-untyped-def]
        said = data.get("action_texts") or {}
        wire_names = {"en": "en", "zh_cn": "zh-CN"}
        faulty = {
            wire_names[name]: ["The only braces are those of {goal}."]
            for name, words in said.items()
            if has_other_brace(words)
        }
        if faulty:
            raise ValidationError({"action_texts": faulty})


class FactInSchema(_FactWords):
    name = fields.String(required=True, validate=validate.Regexp(NAME_PATTERN))
    type = fields.String(required=True, validate=validate.OneOf([str(kind) for kind in FactType]))


class FactEditSchema(_FactWords):
    pass


class ExtraFactSchema(OutSchema):
    name = fields.String(required=True)
    type = fields.String(required=True)
    unit = fields.String(required=True)
    labels = fields.Dict(required=True)
    actionable = fields.String(required=True)
    action_texts = fields.Dict(required=True, allow_none=True)
    version = fields.Integer(required=True)


class ExtraFactsSchema(OutSchema):
    items = fields.List(fields.Nested(ExtraFactSchema), required=True)


class AudienceSchema(StrictSchema):
    predicate = fields.Raw(required=True, metadata={"type": "object"})


class AudienceCountSchema(OutSchema):
    borrowers = fields.Integer(required=True)
