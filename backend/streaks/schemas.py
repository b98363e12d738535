"""What streaks say on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import Day, OutSchema
from backend.kit.paging import page_schema


class StreakUnitSchema(OutSchema):
    on = Day(required=True, metadata={"description": "Its due day, or the first of its month."})
    number = fields.Integer(required=True, allow_none=True)
    outcome = fields.String(
        required=True, validate=validate.OneOf(["kept", "neutral", "repaired", "broken"])
    )
    reason = fields.String(required=True)
    text = fields.String(required=True)


class StreakRepairSchema(OutSchema):
    is_available = fields.Boolean(required=True)
    available_again_on = Day(required=True, allow_none=True)
    last_used_for = Day(required=True, allow_none=True)


class StreakSchema(OutSchema):
    loan_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    product_code = fields.String(required=True)
    status = fields.String(required=True)
    unit = fields.String(required=True, validate=validate.OneOf(["installment", "month"]))
    current = fields.Integer(required=True)
    longest = fields.Integer(required=True)
    goal = fields.Integer(required=True, allow_none=True)
    next_counts_on = Day(required=True, allow_none=True)
    explanation = fields.String(required=True)
    repair = fields.Nested(StreakRepairSchema, required=True, allow_none=True)
    units = fields.List(
        fields.Nested(StreakUnitSchema),
        required=True,
        metadata={"description": "The newest 24, newest first."},
    )
    units_total = fields.Integer(required=True)
    as_of = Day(required=True)


StreakPageSchema = page_schema(StreakSchema, name="StreakPage")
