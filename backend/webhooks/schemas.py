"""Endpoints and the log of deliveries on the wire."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.kit.calls_out import URL_LENGTH_MAX
from backend.kit.fields import Instant, OutSchema, ShortText, StrictSchema, Truth, WholeNumber
from backend.kit.paging import PageArgs, page_schema
from backend.webhooks.rules import (
    DESCRIPTION_LENGTH_MAX,
    OVERLAP_DEFAULT,
    OVERLAP_HOURS_MAX,
    TYPES,
    Disabling,
    State,
)

HOUR_SECONDS = 3_600


def _types(**kwargs: Any) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=validate.OneOf(TYPES)),
        validate=[validate.Length(1, len(TYPES)), _each_once],
        metadata={"description": "What is told there.", "uniqueItems": True},
        **kwargs,
    )


def _each_once(value: list[str]) -> bool:
    if len(set(value)) != len(value):
        raise ValidationError("Names a type twice.")
    return True


class EndpointInSchema(StrictSchema):
    url = fields.String(
        required=True,
        validate=validate.Length(1, URL_LENGTH_MAX),
        metadata={
            "description": "https, without a name or password in it.",
            "example": "https://core.bank.example/hooks",
        },
    )
    event_types = _types(required=True)
    description = ShortText(0, DESCRIPTION_LENGTH_MAX, load_default="")


class EndpointPatchSchema(StrictSchema):
    event_types = _types()
    description = ShortText(0, DESCRIPTION_LENGTH_MAX)


class RotationSchema(StrictSchema):
    overlap_hours = WholeNumber(
        0,
        OVERLAP_HOURS_MAX,
        load_default=int(OVERLAP_DEFAULT.total_seconds()) // HOUR_SECONDS,
        metadata={"description": "How long the secrets in use go on signing. 0: they end now."},
    )


class SecretAgeSchema(OutSchema):
    created_at = Instant(required=True)
    ends_at = Instant(required=True, allow_none=True)


class EndpointHealthSchema(OutSchema):
    id = fields.UUID(required=True)
    description = fields.String(required=True)
    event_types = fields.List(fields.String(), required=True)
    created_at = Instant(required=True)
    disabled_at = Instant(required=True, allow_none=True)
    disabled_why = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([*map(str, Disabling), None]),
        metadata={
            "description": "`failing`: nothing was taken for three days; `gone`: it answered 410."
        },
    )
    failing_since = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "Nothing was taken since then; null: the last try was."},
    )
    failures = fields.Integer(required=True, metadata={"description": "In a row."})
    paused_until = Instant(
        required=True, allow_none=True, metadata={"description": "As its Retry-After asked."}
    )


class EndpointSchema(EndpointHealthSchema):
    url = fields.String(required=True)
    secrets = fields.List(fields.Nested(SecretAgeSchema), required=True)


class NewEndpointSchema(EndpointSchema):
    secret = fields.String(
        required=True, metadata={"description": "Signs what is sent. Shown this once."}
    )


EndpointPageSchema = page_schema(EndpointSchema, name="WebhookEndpointPageSchema")


class StaffEndpointSchema(EndpointHealthSchema):
    client = fields.String(required=True)
    host = fields.String(required=True, allow_none=True)
    pending = fields.Integer(required=True)
    pending_since = Instant(required=True, allow_none=True)


class StaffEndpointsSchema(OutSchema):
    items = fields.List(fields.Nested(StaffEndpointSchema), required=True)


class DeliveryArgs(PageArgs):
    state = fields.String(
        load_default=None, validate=validate.OneOf([str(state) for state in State])
    )


class DeliverySchema(OutSchema):
    message_id = fields.UUID(required=True, metadata={"description": "The `webhook-id`."})
    type = fields.String(required=True)
    occurred_at = Instant(required=True)
    created_at = Instant(required=True)
    state = fields.String(required=True, metadata={"enum": [str(state) for state in State]})
    attempts = fields.Integer(required=True)
    due_at = Instant(required=True, metadata={"description": "While pending: the next try."})
    done_at = Instant(required=True, allow_none=True)
    last_status = fields.Integer(required=True, allow_none=True)
    last_failure = fields.String(required=True, allow_none=True)
    last_took_ms = fields.Integer(required=True, allow_none=True)


DeliveryPageSchema = page_schema(DeliverySchema, name="WebhookDeliveryPageSchema")


class TrySchema(OutSchema):
    number = fields.Integer(required=True)
    began_at = Instant(required=True)
    took_ms = fields.Integer(required=True)
    status = fields.Integer(required=True, allow_none=True)
    failure = fields.String(
        required=True, allow_none=True, metadata={"description": "Why there was no answer."}
    )


class WholeDeliverySchema(DeliverySchema):
    data = fields.Dict(required=True)
    tries = fields.List(fields.Nested(TrySchema), required=True)


class SentSchema(OutSchema):
    message_id = fields.UUID(required=True)


class ReplayInSchema(StrictSchema):
    since = Instant(required=True, metadata={"description": "`created_at` from here on."})
    until = Instant(required=True, metadata={"description": "And before this instant."})
    only_failed = Truth(
        load_default=True, metadata={"description": "false: also what was taken, and what waits."}
    )

    @validates_schema
    def refuse_backwards(self, data: dict[str, Any], **_: Any) -> None:
        """A range has a length."""
        if "since" in data and "until" in data and data["until"] <= data["since"]:
            raise ValidationError("Must lie after the first instant.", "until")


class ReplaySchema(OutSchema):
    count = fields.Integer(required=True)
    continue_from = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "There are more: ask again with this as `since`."},
    )
