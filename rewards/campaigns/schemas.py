"""What campaigns say on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import (
    Day,
    Instant,
    LongText,
    OutSchema,
    Pattern,
    ShortText,
    StrictSchema,
    WholeNumber,
)
from backend.kit.paging import PageArgs, page_schema
from rewards.campaigns.queries import NUMBER_END
from rewards.campaigns.rules import Check, State, VersionState

REASON_LENGTH_MAX = 500
WAIVERS_MAX = 2
DOCUMENT = {
    "type": "object",
    "description": "texts, trigger, audience, conditions, effects, budget, schedule, stacking,"
    " holdout, primary_measure and window_days, as docs/campaigns.md has them.",
}
STATES = validate.OneOf([str(each) for each in State])
VERSION_STATES = validate.OneOf([str(each) for each in VersionState])
HASH = Pattern(r"^[0-9a-f]{64}$")


class CampaignPageArgs(PageArgs):
    state = fields.String(load_default=None, validate=STATES)


class CampaignDocumentSchema(StrictSchema):
    document = fields.Raw(required=True, metadata=DOCUMENT)


class CampaignNextSchema(StrictSchema):
    document = fields.Raw(load_default=None, metadata=DOCUMENT)


class CampaignSchema(OutSchema):
    id = fields.UUID(required=True)
    state = fields.String(required=True, validate=STATES)
    name = fields.Raw(required=True, metadata={"type": "object"})
    live_version = fields.Integer(required=True, allow_none=True)
    newest_version = fields.Integer(required=True)
    newest_state = fields.String(required=True, validate=VERSION_STATES)
    created_by = fields.UUID(required=True)
    created_at = Instant(required=True)
    first_live_at = Instant(required=True, allow_none=True)
    paused_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    points_spent = fields.Integer(required=True)
    awards_spent = fields.Integer(required=True)


CampaignPageSchema = page_schema(CampaignSchema, name="CampaignPageSchema")


class CampaignWaiverSchema(OutSchema):
    check = fields.String(required=True)
    reason = fields.String(required=True)
    by = fields.UUID(required=True)


class CampaignVersionSchema(OutSchema):
    campaign_id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    state = fields.String(required=True, validate=VERSION_STATES)
    document = fields.Raw(required=True, metadata=DOCUMENT)
    document_hash = fields.String(required=True)
    author_id = fields.UUID(required=True)
    editors = fields.List(fields.UUID(), required=True)
    created_at = Instant(required=True)
    edited_at = Instant(required=True)
    submitter_id = fields.UUID(required=True, allow_none=True)
    submitted_at = Instant(required=True, allow_none=True)
    waivers = fields.List(fields.Nested(CampaignWaiverSchema), required=True)
    approver_id = fields.UUID(required=True, allow_none=True)
    approved_at = Instant(required=True, allow_none=True)
    replay_id = fields.UUID(required=True, allow_none=True)
    replay_hash = fields.String(required=True, allow_none=True)
    rejected_by = fields.UUID(required=True, allow_none=True)
    rejected_at = Instant(required=True, allow_none=True)
    rejection_note = fields.String(required=True, allow_none=True)
    launched_by = fields.UUID(required=True, allow_none=True)
    launched_at = Instant(required=True, allow_none=True)


class CampaignDetailSchema(CampaignSchema):
    newest = fields.Nested(CampaignVersionSchema, required=True)
    live = fields.Nested(CampaignVersionSchema, required=True, allow_none=True)


class CampaignVersionsSchema(OutSchema):
    items = fields.List(fields.Nested(CampaignVersionSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CampaignCheckInSchema(StrictSchema):
    document = fields.Raw(
        load_default=None,
        metadata=DOCUMENT | {"description": "Absent: that of the newest version."},
    )


class CampaignFindingSchema(OutSchema):
    id = fields.String(required=True, validate=validate.OneOf([str(each) for each in Check]))
    name = fields.String(required=True)
    reason = fields.String(required=True)
    pointer = fields.String(required=True)
    may_be_waived = fields.Boolean(required=True)


class CampaignCheckSchema(OutSchema):
    findings = fields.List(fields.Nested(CampaignFindingSchema), required=True)
    document_hash = fields.String(required=True)


class CampaignReplayInSchema(StrictSchema):
    from_ = Day(required=True, data_key="from")
    to = Day(required=True)


class CampaignReplaySchema(OutSchema):
    id = fields.UUID(required=True)
    campaign_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    document_hash = fields.String(required=True)
    from_day = Day(required=True, data_key="from")
    to_day = Day(required=True, data_key="to")
    state = fields.String(required=True)
    progress = fields.Integer(required=True, metadata={"description": "In percent."})
    report = fields.Raw(required=True, allow_none=True, metadata={"type": ["object", "null"]})
    report_hash = fields.String(required=True, allow_none=True)
    failure = fields.String(required=True, allow_none=True)
    requested_by = fields.UUID(required=True)
    requested_at = Instant(required=True)
    started_at = Instant(required=True, allow_none=True)
    finished_at = Instant(required=True, allow_none=True)


class CampaignReplaysSchema(OutSchema):
    items = fields.List(fields.Nested(CampaignReplaySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CampaignReadSchema(StrictSchema):
    """Which version the caller has read: one that changed since is refused."""

    version = WholeNumber(1, NUMBER_END - 1, required=True)
    document_hash = fields.String(required=True, validate=HASH)


class CampaignWaiverInSchema(StrictSchema):
    check = fields.String(required=True, validate=validate.OneOf(["P9", "P10"]))
    reason = ShortText(1, REASON_LENGTH_MAX, required=True)


class CampaignSubmitSchema(CampaignReadSchema):
    waivers = fields.List(
        fields.Nested(CampaignWaiverInSchema),
        load_default=list,
        validate=validate.Length(max=WAIVERS_MAX),
    )


class CampaignApproveSchema(CampaignReadSchema):
    replay_id = fields.UUID(required=True)
    waivers = fields.List(
        fields.String(validate=validate.OneOf(["P9", "P10"])),
        load_default=list,
        validate=validate.Length(max=WAIVERS_MAX),
        metadata={"description": "Each waiver of the submission, confirmed by its check."},
    )


class CampaignRejectSchema(StrictSchema):
    version = WholeNumber(1, NUMBER_END - 1, required=True)
    note = LongText(1, 2_000, required=True)
