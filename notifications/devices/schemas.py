"""Devices on the wire. An address goes in and never out."""

from typing import Any

from marshmallow import fields, validate

from backend.kit.fields import Instant, OutSchema, Pattern, ShortText, StrictSchema, Zone
from backend.kit.paging import page_schema
from notifications.devices.rules import (
    ADDRESS_PATTERN,
    APP_VERSION_LENGTH_MAX,
    INSTALLATION_PATTERN,
    AddressKind,
    Platform,
)


def InstallationId(**kwargs: Any) -> fields.String:  # noqa: N802 - reads as the field it is
    """The app's own id of this installation."""
    error = "Must be 1-128 letters, digits, dots, colons, dashes or underscores."
    return fields.String(validate=Pattern(INSTALLATION_PATTERN, error=error), **kwargs)


class DeviceInSchema(StrictSchema):
    platform = fields.String(required=True, validate=validate.OneOf(list(Platform)))
    address = fields.String(
        required=True,
        validate=Pattern(ADDRESS_PATTERN, error="Must be 1-2048 printable characters, no blank."),
        metadata={"description": "Where pushes go. It is kept sealed and never shown."},
    )
    address_kind = fields.String(required=True, validate=validate.OneOf(list(AddressKind)))
    app_version = ShortText(high=APP_VERSION_LENGTH_MAX, required=True)
    timezone = Zone(required=True)


class DeviceSchema(OutSchema):
    id = fields.UUID(required=True)
    installation_id = fields.String(required=True)
    platform = fields.String(required=True)
    address_kind = fields.String(required=True)
    app_version = fields.String(required=True)
    timezone = fields.String(required=True)
    registered_at = Instant(required=True)
    seen_at = Instant(required=True, metadata={"description": "When it registered last."})


DevicePageSchema = page_schema(DeviceSchema, name="DevicePage")
