"""What points say on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import Day, Instant, LongText, OutSchema, ShortText, StrictSchema
from backend.kit.paging import page_schema
from rewards.points.rules import ADJUSTMENT_POINTS_MAX, Kind


class PointsExpiringSchema(OutSchema):
    on = fields.String(
        required=True,
        metadata={"format": "date", "description": "The last day on which they can be used."},
    )
    points = fields.Integer(required=True)


class OwnPointsSchema(OutSchema):
    available = fields.Integer(required=True)
    pending = fields.Integer(required=True)
    held = fields.Integer(required=True)
    expiring = fields.List(fields.Nested(PointsExpiringSchema), required=True)


class PointsCauseSchema(OutSchema):
    type = fields.String(required=True)
    id = fields.UUID(required=True, allow_none=True)
    text = fields.String(required=True, metadata={"description": "Why, in your language."})


class PointsEntrySchema(OutSchema):
    kind = fields.String(required=True, metadata={"enum": [str(kind) for kind in Kind]})
    points = fields.Integer(
        required=True,
        metadata={"description": "What it added to your available points, or took from them."},
    )
    occurred_at = Instant(required=True)
    cause = fields.Nested(PointsCauseSchema, required=True)


PointsEntryPageSchema = page_schema(PointsEntrySchema, name="PointsEntryPage")


class PointsAdjustmentInSchema(StrictSchema):
    points = fields.Integer(
        required=True,
        strict=True,
        validate=[
            validate.Range(-ADJUSTMENT_POINTS_MAX, ADJUSTMENT_POINTS_MAX),
            validate.NoneOf([0], error="Must not be zero."),
        ],
        metadata={"description": "More than zero gives, less takes."},
    )
    reason = LongText(1, 2_000, required=True)


class PointsAdjustmentSchema(OutSchema):
    id = fields.UUID(required=True)
    borrower_id = fields.UUID(required=True)
    points = fields.Integer(required=True)
    reason = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["open", "confirmed", "rejected"]})
    asked_by = fields.UUID(required=True)
    asked_at = Instant(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


PointsAdjustmentPageSchema = page_schema(PointsAdjustmentSchema, name="PointsAdjustmentPage")


class PointsPanelSchema(OwnPointsSchema):
    adjustments = fields.List(fields.Nested(PointsAdjustmentSchema), required=True)


class EarnRulesInSchema(StrictSchema):
    rules = fields.Raw(required=True, metadata={"type": "object"})
    effective_from = Day(required=True, metadata={"description": "The first day of a month."})
    note = ShortText(0, 500, load_default="")


class EarnRulesSchema(OutSchema):
    version = fields.Integer(required=True)
    state = fields.String(required=True)
    rules = fields.Raw(required=True, attribute="document", metadata={"type": "object"})
    effective_from = Day(required=True)
    note = fields.String(required=True)
    author_id = fields.UUID(required=True, allow_none=True)
    created_at = Instant(required=True)
    publisher_id = fields.UUID(required=True, allow_none=True)
    published_at = Instant(required=True, allow_none=True)


EarnRulesPageSchema = page_schema(EarnRulesSchema, name="EarnRulesPage")


class PointsByMonthSchema(OutSchema):
    month = fields.String(required=True)
    points = fields.Integer(required=True)


class PointsByTierSchema(OutSchema):
    tier = fields.String(required=True, allow_none=True)
    borrowers = fields.Integer(required=True)
    points = fields.Integer(required=True)


class PointsBreakageSchema(OutSchema):
    expired_points = fields.Integer(required=True)
    redeemed_points = fields.Integer(required=True)
    rate = fields.String(required=True, allow_none=True)
    expected_points = fields.Integer(required=True, allow_none=True)


class PointsCuredSchema(OutSchema):
    borrowers = fields.Integer(required=True)
    issued_points = fields.Integer(required=True)
    points_per_borrower = fields.Integer(required=True, allow_none=True)


class PointsLiabilitySchema(OutSchema):
    as_of = Day(required=True)
    outstanding_points = fields.Integer(required=True)
    available = fields.Integer(required=True)
    pending = fields.Integer(required=True)
    held = fields.Integer(required=True)
    unrecovered_points = fields.Integer(required=True)
    by_expiry_month = fields.List(fields.Nested(PointsByMonthSchema), required=True)
    by_earned_month = fields.List(fields.Nested(PointsByMonthSchema), required=True)
    by_tier = fields.List(fields.Nested(PointsByTierSchema), required=True)
    breakage = fields.Nested(
        PointsBreakageSchema,
        required=True,
        metadata={"description": "Of what left her in the last 12 months, the share that expired."},
    )
    cured = fields.Nested(
        PointsCuredSchema,
        required=True,
        metadata={"description": "In the last 12 months: all points issued for each one cured."},
    )
