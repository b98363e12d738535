"""What referrals look like on the wire. Neither friend is told who the other is."""

from marshmallow import fields, validate

from backend.kit.fields import Day, Instant, OutSchema, ShortText, StrictSchema
from backend.kit.paging import page_schema

CODE_LENGTH_MAX = 20


class ReferralBroughtSchema(OutSchema):
    id = fields.UUID(required=True)
    state = fields.String(required=True)
    state_text = fields.String(required=True)
    accepted_at = Instant(required=True)
    confirmed_at = Instant(required=True, allow_none=True)


class ReferralAcceptedSchema(OutSchema):
    id = fields.UUID(required=True)
    state = fields.String(required=True)
    state_text = fields.String(required=True)
    accepted_at = Instant(required=True)


class OwnReferralSchema(OutSchema):
    code = fields.String(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True)
    accepted = fields.Nested(ReferralAcceptedSchema, required=True, allow_none=True)
    items = fields.List(fields.Nested(ReferralBroughtSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ReferralAcceptSchema(StrictSchema):
    code = ShortText(1, CODE_LENGTH_MAX, required=True)


class ReferralInReviewSchema(OutSchema):
    id = fields.UUID(required=True)
    borrower_id = fields.UUID(required=True)
    referrer_id = fields.UUID(required=True)
    signals = fields.List(fields.String(), required=True)
    accepted_at = Instant(required=True)
    kept_on = Day(required=True, allow_none=True)


ReferralReviewPageSchema = page_schema(ReferralInReviewSchema, name="ReferralReviewPage")


class ReferralDecisionSchema(StrictSchema):
    outcome = fields.String(required=True, validate=validate.OneOf(["fine", "rejected"]))
    reason = ShortText(3, 200, required=True)


class ReferralDecidedSchema(OutSchema):
    id = fields.UUID(required=True)
    state = fields.String(required=True)
