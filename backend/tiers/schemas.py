"""What tiers say on the wire. Borrowers' schemas know public codes only."""

from marshmallow import fields, validate

from backend.kit.fields import (
    Day,
    Instant,
    LongText,
    OutSchema,
    ShortText,
    StrictSchema,
    WordsToHer,
)
from backend.kit.paging import page_schema


class ReasonSchema(OutSchema):
    code = fields.String(required=True)
    text = fields.String(required=True)


class PublicTierSchema(OutSchema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    about = fields.String(required=True)


class ChangeSchema(OutSchema):
    fact = fields.String(required=True)
    label = fields.String(required=True)
    from_ = fields.Raw(required=True, data_key="from", attribute="from")
    to = fields.Raw(required=True)
    text = fields.String(required=True)
    amount_minor = fields.Integer(required=True, allow_none=True)
    currency = fields.String(required=True, allow_none=True)
    on = Day(required=True, allow_none=True)


class WaySchema(OutSchema):
    kind = fields.String(required=True, validate=validate.OneOf(["action", "time", "person"]))
    text = fields.String(required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    on = Day(required=True, allow_none=True)


class NextTierSchema(OutSchema):
    tier = fields.Nested(PublicTierSchema, required=True)
    would_change = fields.List(fields.Nested(WaySchema), required=True)


class PendingTierSchema(OutSchema):
    tier = fields.Nested(PublicTierSchema, required=True)
    on = Day(required=True)
    would_change = fields.List(fields.Nested(WaySchema), required=True)


class ScoresSchema(OutSchema):
    capacity = fields.Integer()
    willingness = fields.Integer()
    value = fields.Integer()


class OwnTierSchema(OutSchema):
    tier = fields.Nested(PublicTierSchema, required=True)
    since = Day(required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    scores = fields.Nested(ScoresSchema, required=True)
    next = fields.Nested(NextTierSchema, required=True, allow_none=True)
    pending = fields.Nested(PendingTierSchema, required=True, allow_none=True)
    override_until = Day(required=True, allow_none=True)
    policy_version = fields.Integer(required=True)


class OwnMoveSchema(OutSchema):
    tier = fields.Nested(PublicTierSchema, required=True)
    since = Day(required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    policy_version = fields.Integer(required=True)


OwnMovePageSchema = page_schema(OwnMoveSchema, name="OwnTierMovePageSchema")


class ReviewInSchema(StrictSchema):
    reason = LongText(1, 2_000, required=True)
    refuses_automation = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "She does not accept a decision by automation alone."},
    )


class OwnReviewSchema(OutSchema):
    id = fields.UUID(required=True)
    reason = fields.String(required=True)
    refuses_automation = fields.Boolean(required=True)
    state = fields.String(required=True)
    asked_at = Instant(required=True)
    decided_at = Instant(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)


OwnReviewPageSchema = page_schema(OwnReviewSchema, name="OwnTierReviewPageSchema")


class PolicyInSchema(StrictSchema):
    policy = fields.Raw(required=True, metadata={"type": "object"})
    note = ShortText(0, 500, load_default="")


class PolicySchema(OutSchema):
    version = fields.Integer(required=True)
    state = fields.String(required=True)
    policy = fields.Raw(required=True, attribute="document", metadata={"type": "object"})
    note = fields.String(required=True)
    author_id = fields.UUID(required=True, allow_none=True)
    created_at = Instant(required=True)
    publisher_id = fields.UUID(required=True, allow_none=True)
    published_at = Instant(required=True, allow_none=True)


PolicyPageSchema = page_schema(PolicySchema, name="TierPolicyPageSchema")


class PreviewInSchema(StrictSchema):
    policy = fields.Raw(required=True, metadata={"type": "object"})
    among = fields.Raw(load_default=None, allow_none=True, metadata={"type": "object"})


class MoveSchema(OutSchema):
    from_ = fields.String(required=True, allow_none=True, data_key="from", attribute="from")
    to = fields.String(required=True)
    borrowers = fields.Integer(required=True)


class RateSchema(OutSchema):
    tier = fields.String(required=True)
    rate = fields.Float(required=True, allow_none=True)
    ratio = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)


class GroupSchema(OutSchema):
    value = fields.String(required=True)
    borrowers = fields.Integer(required=True, allow_none=True)
    rates = fields.List(fields.Nested(RateSchema), required=True)


class AttributeSchema(OutSchema):
    attribute = fields.String(required=True)
    groups = fields.List(fields.Nested(GroupSchema), required=True)


class SampleSchema(OutSchema):
    borrower_id = fields.UUID(required=True)
    from_ = fields.String(required=True, data_key="from", attribute="from")
    to = fields.String(required=True)
    scores = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)


class PreviewSchema(OutSchema):
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    moves = fields.List(fields.Nested(MoveSchema), required=True)
    fairness = fields.List(fields.Nested(AttributeSchema), required=True)
    samples = fields.List(fields.Nested(SampleSchema), required=True)


class OverrideInSchema(StrictSchema):
    tier = ShortText(1, 40, required=True)
    reason = LongText(1, 2_000, required=True)
    expires_on = Day(required=True)


class OverrideSchema(OutSchema):
    id = fields.UUID(required=True)
    borrower_id = fields.UUID(required=True)
    tier = fields.String(required=True)
    reason = fields.String(required=True)
    asked_by = fields.UUID(required=True)
    asked_at = Instant(required=True)
    expires_on = Day(required=True)
    confirmed_by = fields.UUID(required=True, allow_none=True)
    confirmed_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)


class StaffEvaluationSchema(OutSchema):
    number = fields.Integer(required=True)
    policy_version = fields.Integer(required=True)
    raw_tier = fields.String(required=True)
    from_tier = fields.String(required=True, allow_none=True)
    tier = fields.String(required=True)
    facts = fields.Dict(required=True)
    cause = fields.String(required=True)
    run_id = fields.UUID(required=True, allow_none=True)
    evaluated_at = Instant(required=True)


class StaffTierSchema(OutSchema):
    tier = fields.String(required=True)
    rank = fields.Integer(required=True)
    since_on = Day(required=True)
    raw_tier = fields.String(required=True)
    pending_tier = fields.String(required=True, allow_none=True)
    pending_since_on = Day(required=True, allow_none=True)
    policy_version = fields.Integer(required=True)
    evaluated_at = Instant(required=True)
    frozen_until_on = Day(required=True, allow_none=True)
    overrides = fields.List(fields.Nested(OverrideSchema), required=True)
    evaluations = fields.List(fields.Nested(StaffEvaluationSchema), required=True)


class StaffReviewSchema(OwnReviewSchema):
    borrower_id = fields.UUID(required=True)
    evaluation_number = fields.Integer(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)


StaffReviewPageSchema = page_schema(StaffReviewSchema, name="TierReviewPageSchema")


class ReviewDecisionSchema(StrictSchema):
    outcome = fields.String(required=True, validate=validate.OneOf(["upheld", "changed"]))
    answer = WordsToHer(1, 2_000, required=True, metadata={"description": "She reads these words."})


class RunSchema(OutSchema):
    id = fields.UUID(required=True)
    policy_version = fields.Integer(required=True)
    run_on = Day(required=True)
    started_at = Instant(required=True)
    finished_at = Instant(required=True, allow_none=True)
    seconds = fields.Float(required=True, allow_none=True)
    evaluated = fields.Integer(required=True, allow_none=True)
    moved = fields.Integer(required=True, allow_none=True)
    counts = fields.Dict(required=True, allow_none=True)
    matrix = fields.List(fields.Nested(MoveSchema), required=True, allow_none=True)


RunPageSchema = page_schema(RunSchema, name="TierRunPageSchema")
