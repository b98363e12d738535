"""Preferences on the wire."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.events.contacts import Purpose
from backend.kit.fields import OutSchema, StrictSchema, Truth
from notifications.preferences.rules import CHANNELS

CELLS_MAX = len(Purpose) * len(CHANNELS)
_PURPOSE = validate.OneOf(list(Purpose))
_CHANNEL = validate.OneOf(list(CHANNELS))


class PreferenceInSchema(StrictSchema):
    purpose = fields.String(required=True, validate=_PURPOSE)
    channel = fields.String(required=True, validate=_CHANNEL)
    allowed = Truth(required=True)


class PreferencesInSchema(StrictSchema):
    preferences = fields.List(
        fields.Nested(PreferenceInSchema),
        load_default=list,
        validate=validate.Length(max=CELLS_MAX),
        metadata={"description": "What is not named stays as it is."},
    )
    personalised = Truth(
        load_default=None,
        metadata={"description": "May words and hours be chosen by what is known of you?"},
    )


class OptOutSchema(StrictSchema):
    channel = fields.String(load_default=None, validate=_CHANNEL)
    purpose = fields.String(load_default=None, validate=_PURPOSE)

    @validates_schema
    def names_something(self, data: dict[str, Any], **_: Any) -> None:
        """All at once is no slip of a finger."""
        if data.get("channel") is None and data.get("purpose") is None:
            raise ValidationError("Name a channel, a purpose, or both.", "channel")


class PreferenceSchema(OutSchema):
    purpose = fields.String(required=True)
    purpose_text = fields.String(required=True)
    about = fields.String(required=True)
    channel = fields.String(required=True)
    channel_text = fields.String(required=True)
    allowed = fields.Boolean(required=True)
    is_default = fields.Boolean(required=True)
    may_change = fields.Boolean(required=True)


class PreferencesSchema(OutSchema):
    preferences = fields.List(fields.Nested(PreferenceSchema), required=True)
    personalised = fields.Boolean(required=True)
