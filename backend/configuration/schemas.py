"""What the configuration says on the wire."""

from marshmallow import fields, validate

from backend.configuration.bundle import SIZE_MAX
from backend.configuration.rules import State
from backend.kit.fields import LongText, OutSchema, ShortText, StrictSchema


class ConfigurationArgs(StrictSchema):
    drafts = fields.Boolean(
        load_default=False,
        metadata={"description": "The newest words of each thing, published or not."},
    )


class ConfigurationCheckSchema(StrictSchema):
    bundle = LongText(1, SIZE_MAX, required=True, metadata={"description": "The YAML text."})


class ConfigurationImportSchema(ConfigurationCheckSchema):
    reason = ShortText(3, 500, required=True)


class ConfigurationChangeSchema(OutSchema):
    pointer = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class ConfigurationThingSchema(OutSchema):
    part = fields.String(required=True)
    key = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(each) for each in State]))
    changes = fields.List(fields.Nested(ConfigurationChangeSchema), required=True)
    why = fields.String(required=True, allow_none=True)


class ConfigurationProblemSchema(OutSchema):
    pointer = fields.String(required=True)
    detail = fields.String(required=True)


class ConfigurationPlaceSchema(OutSchema):
    part = fields.String(required=True)
    key = fields.String(required=True)


class ConfigurationReportSchema(OutSchema):
    hash = fields.String(required=True)
    things = fields.List(fields.Nested(ConfigurationThingSchema), required=True)
    only_here = fields.List(
        fields.Nested(ConfigurationPlaceSchema),
        required=True,
        metadata={"description": "In force here and not in the bundle: left as they are."},
    )
    problems = fields.List(fields.Nested(ConfigurationProblemSchema), required=True)
