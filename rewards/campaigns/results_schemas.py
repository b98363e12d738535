"""What results say on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import Day, OutSchema, StrictSchema
from rewards.campaigns.results_rules import Finding, Look


class CampaignResultsArgs(StrictSchema):
    as_of = Day(load_default=None, metadata={"description": "The end of a day; today if absent."})


class CampaignReachSchema(OutSchema):
    treated = fields.Integer(required=True)
    holdout = fields.Integer(required=True)
    treated_measured = fields.Integer(
        required=True, metadata={"description": "Of them, whose span is over."}
    )
    holdout_measured = fields.Integer(required=True)
    awarded = fields.Integer(
        required=True, metadata={"description": "Who was given something at least once."}
    )


class CampaignResultsWeekSchema(OutSchema):
    week = Day(required=True)
    awards = fields.Integer(required=True)
    points = fields.Integer(required=True)


class CampaignCostSchema(OutSchema):
    awards = fields.Integer(required=True)
    points = fields.Integer(required=True)
    taken_back = fields.Integer(required=True)
    points_each = fields.Float(
        required=True, allow_none=True, metadata={"description": "Of everybody treated."}
    )
    by_week = fields.List(fields.Nested(CampaignResultsWeekSchema), required=True)


class CampaignArmSchema(OutSchema):
    size = fields.Integer(required=True)
    count = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of a share; null of a mean."}
    )
    value = fields.Float(required=True, allow_none=True)


class CampaignComparisonSchema(OutSchema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    about = fields.String(required=True)
    is_primary = fields.Boolean(required=True)
    is_guard = fields.Boolean(required=True)
    treated = fields.Nested(CampaignArmSchema, required=True, allow_none=True)
    holdout = fields.Nested(CampaignArmSchema, required=True, allow_none=True)
    difference = fields.Float(required=True, allow_none=True)
    difference_interval = fields.List(
        fields.Float(),
        required=True,
        allow_none=True,
        metadata={"description": "95 %: shares by Newcombe-Wilson, means by Welch."},
    )
    finding = fields.String(required=True, validate=validate.OneOf([str(each) for each in Finding]))
    finding_text = fields.String(required=True)


class CampaignResultsSchema(OutSchema):
    campaign_id = fields.UUID(required=True)
    as_of = Day(required=True)
    look = fields.String(required=True, validate=validate.OneOf([str(each) for each in Look]))
    look_text = fields.String(required=True)
    final_on = Day(required=True)
    window_days = fields.Integer(required=True)
    primary_measure = fields.String(required=True)
    reach = fields.Nested(CampaignReachSchema, required=True)
    cost = fields.Nested(CampaignCostSchema, required=True)
    refused = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    comparisons = fields.List(fields.Nested(CampaignComparisonSchema), required=True)
