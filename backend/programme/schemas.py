"""What an enrolment says on the wire."""

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.kit.fields import Instant, OutSchema, ShortText, StrictSchema
from backend.programme.rules import Status


class EnrolmentChangeSchema(OutSchema):
    number = fields.Integer(required=True)
    status = fields.String(required=True)
    reason = fields.String(required=True)
    staff_id = fields.UUID(required=True, allow_none=True)
    at = Instant(required=True)


class EnrolmentSchema(OutSchema):
    status = fields.String(required=True, allow_none=True)
    assignment = fields.String(required=True, allow_none=True)
    since_at = Instant(required=True, allow_none=True)
    history = fields.List(fields.Nested(EnrolmentChangeSchema), required=True)


class EnrolmentMoveSchema(StrictSchema):
    status = fields.String(required=True, validate=validate.OneOf([str(each) for each in Status]))
    reason = ShortText(1, 200, required=True)


class DrawInSchema(StrictSchema):
    kind = fields.String(required=True, validate=validate.OneOf(["pilot", "roll_out"]))
    among = fields.Raw(load_default=None, allow_none=True, metadata={"type": "object"})
    include_control = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "A roll-out also enrols the control group, which ends a pilot."},
    )
    reason = ShortText(1, 200, required=True)

    @validates_schema
    def draw_no_control(self, data, **_: object) -> None:  # type: ignore[no-untyped-def]
        """A pilot decides itself who is its control group."""
        if data["kind"] == "pilot" and data["include_control"]:
            raise ValidationError(
                "Only a roll-out may include the control group.", "include_control"
            )


class DrawSchema(OutSchema):
    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    considered = fields.Integer(required=True)
    enrolled = fields.Integer(required=True)
    control = fields.Integer(required=True)
    drawn_at = Instant(required=True)
