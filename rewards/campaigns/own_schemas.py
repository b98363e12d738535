"""What campaigns say to a borrower on the wire."""

from marshmallow import fields

from backend.kit.fields import OutSchema
from rewards.campaigns.outcomes import Outcome

_DAY = {"format": "date"}


class CampaignProgressSchema(OutSchema):
    text = fields.String(required=True)
    value = fields.Integer(required=True)
    goal = fields.Integer(required=True)


class OwnCampaignSchema(OutSchema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    promise = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["live", "paused", "ended"]})
    ends_on = fields.String(required=True, metadata=_DAY)
    joined_on = fields.String(required=True, metadata=_DAY)
    awards = fields.Integer(required=True)
    awards_max = fields.Integer(required=True, allow_none=True)
    points = fields.Integer(required=True)
    progress = fields.List(fields.Nested(CampaignProgressSchema), required=True)
    note = fields.String(
        required=True, allow_none=True, metadata={"description": "Where a lot has decided."}
    )


class OwnCampaignsSchema(OutSchema):
    items = fields.List(fields.Nested(OwnCampaignSchema), required=True)


class OwnCampaignDecisionSchema(OutSchema):
    on = fields.String(required=True, metadata=_DAY)
    outcome = fields.String(required=True, metadata={"enum": [str(each) for each in Outcome]})
    points = fields.Integer(required=True)
    text = fields.String(required=True)
    reasons = fields.List(
        fields.String(), required=True, metadata={"description": "Why not, in your language."}
    )


class OwnCampaignWholeSchema(OwnCampaignSchema):
    decisions = fields.List(fields.Nested(OwnCampaignDecisionSchema), required=True)
