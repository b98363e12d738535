"""What plans of reminders say on the wire."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.kit.fields import (
    Day,
    Instant,
    OutSchema,
    Pattern,
    ShortText,
    StrictSchema,
    WholeNumber,
)
from backend.kit.paging import page_schema
from notifications.reminders.rules import (
    DAYS_AFTER_MAX,
    DAYS_BEFORE_MAX,
    HOLDOUT_PERCENT_MAX,
    KEEP_DAYS_MAX,
    STAGE_PATTERN,
    STAGES_MAX,
    TIERS_MAX,
)
from notifications.templates.rules import CODE_PATTERN

CLOCK_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
SPAN_DAYS_MAX = 366


def _clock(what: str) -> fields.String:
    return fields.String(
        required=True,
        validate=Pattern(CLOCK_PATTERN, error="Must be a time of day: 09:05."),
        metadata={"description": what},
    )


class StageTemplatesSchema(StrictSchema):
    standard = fields.String(required=True, validate=Pattern(CODE_PATTERN))
    gentle = fields.String(required=True, validate=Pattern(CODE_PATTERN))


class ReminderStageSchema(StrictSchema):
    code = fields.String(required=True, validate=Pattern(STAGE_PATTERN))
    days = WholeNumber(
        -DAYS_BEFORE_MAX,
        DAYS_AFTER_MAX,
        required=True,
        metadata={"description": "After the due day; before it where negative."},
    )
    templates = fields.Nested(StageTemplatesSchema, required=True)
    keep_days = WholeNumber(
        0,
        KEEP_DAYS_MAX,
        load_default=0,
        metadata={"description": "How long after its day it may wait for its turn."},
    )


class ReminderPlanDocumentSchema(StrictSchema):
    stages = fields.List(
        fields.Nested(ReminderStageSchema),
        required=True,
        validate=validate.Length(1, STAGES_MAX),
    )
    gentle_tiers = fields.List(
        ShortText(1, 40),
        required=True,
        validate=validate.Length(0, TIERS_MAX),
        metadata={"description": "Tiers that get the gentle wording."},
    )
    send_from = _clock("By her own clock; not before 09:00.")
    send_until = _clock("Not after 20:30. Sending is spread over the minutes between.")
    holdout_percent = WholeNumber(
        0,
        HOLDOUT_PERCENT_MAX,
        required=True,
        metadata={"description": "Share of borrowers left without, to measure the others by."},
    )


class ReminderPlanInSchema(StrictSchema):
    plan = fields.Nested(ReminderPlanDocumentSchema, required=True)
    note = ShortText(0, 500, load_default="")


class ReminderPlanSchema(OutSchema):
    version = fields.Integer(required=True)
    plan = fields.Dict(required=True, attribute="document")
    note = fields.String(required=True)
    author_id = fields.UUID(required=True, allow_none=True)
    created_at = Instant(required=True)
    publisher_id = fields.UUID(required=True, allow_none=True)
    published_at = Instant(required=True, allow_none=True)


ReminderPlanPageSchema = page_schema(ReminderPlanSchema, name="ReminderPlanPage")


class EffectArgs(StrictSchema):
    from_on = Day(required=True, data_key="from")
    until_on = Day(required=True, data_key="to")

    @validates_schema(skip_on_field_errors=True)
    def check_span(self, data: dict[str, Any], **_: Any) -> None:
        """Forward, and at most a year."""
        if not 0 <= (data["until_on"] - data["from_on"]).days <= SPAN_DAYS_MAX:
            raise ValidationError(f"Must lie 0 to {SPAN_DAYS_MAX} days after the first day.", "to")


class ShareSchema(OutSchema):
    borrowers = fields.Integer(required=True, attribute="size")
    paid_on_time = fields.Integer(required=True, attribute="count")
    share = fields.Float(required=True, allow_none=True, attribute="value")
    interval = fields.List(
        fields.Float(),
        required=True,
        allow_none=True,
        metadata={"description": "95 %, by Wilson."},
    )


class EffectSchema(OutSchema):
    from_on = Day(required=True)
    until_on = Day(required=True)
    holdout_percent = fields.Integer(required=True)
    treated = fields.Nested(ShareSchema, required=True)
    holdout = fields.Nested(ShareSchema, required=True)
    difference = fields.Float(required=True, allow_none=True)
    difference_interval = fields.List(
        fields.Float(),
        required=True,
        allow_none=True,
        metadata={"description": "95 %, by Newcombe. Holds zero: nothing is proven."},
    )
