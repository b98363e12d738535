"""The work list on the wire."""

from marshmallow import fields

from backend.kit.fields import Day, Instant, Minor, OutSchema, StrictSchema, WholeNumber
from backend.kit.paging import LIMIT_DEFAULT, LIMIT_MAX, Digits

SKIP_MAX = 100


class WorkNextArgs(StrictSchema):
    skip = Digits(
        load_default=0,
        validate=WholeNumber(0, SKIP_MAX).validate,
        metadata={"description": "How many to pass over: those that you cannot take up now."},
    )


class WorkArgs(StrictSchema):
    limit = Digits(
        load_default=LIMIT_DEFAULT,
        validate=WholeNumber(1, LIMIT_MAX).validate,
        metadata={"description": "How many items at most."},
    )


class WorkReasonSchema(OutSchema):
    code = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "In your language."})


class WorkCaseSchema(OutSchema):
    source = fields.String(required=True, metadata={"description": "The feature that it is of."})
    kind = fields.String(required=True)
    text = fields.String(required=True)
    case_id = fields.UUID(required=True)
    due_on = Day(required=True, allow_none=True)
    since = Instant(required=True)


class WorkItemSchema(OutSchema):
    borrower_id = fields.UUID(required=True)
    external_id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    tier = fields.String(required=True, allow_none=True)
    case = fields.Nested(WorkCaseSchema, required=True)
    reasons = fields.List(fields.Nested(WorkReasonSchema), required=True)
    open_cases = fields.Integer(required=True)


class WorkListSchema(OutSchema):
    items = fields.List(fields.Nested(WorkItemSchema), required=True)
    waiting = fields.Integer(
        required=True, metadata={"description": "Borrowers of yours with something open."}
    )


class WorkFactSchema(OutSchema):
    fact = fields.String(required=True)
    label = fields.String(required=True)
    value = fields.Raw(required=True)
    unit = fields.String(required=True)
    source = fields.String(required=True)


class WorkOverdueSchema(OutSchema):
    loan_id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    due_on = Day(required=True)
    open_minor = Minor(required=True)
    currency = fields.String(required=True)


class WorkOptionSchema(OutSchema):
    code = fields.String(required=True)
    text = fields.String(required=True)
    address = fields.String(required=True, metadata={"description": "Where in this interface."})


class WorkHoldSchema(OutSchema):
    cause = fields.String(required=True)
    until_on = Day(required=True)


class WorkChannelSchema(OutSchema):
    channel = fields.String(required=True)
    is_open = fields.Boolean(required=True)


class WorkLastContactSchema(OutSchema):
    at = Instant(required=True)
    channel = fields.String(required=True)
    kind = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True)


class WorkContactStateSchema(OutSchema):
    may_reach_out = fields.Boolean(
        required=True,
        metadata={"description": "About what is late or on offer; she may always be answered."},
    )
    reasons = fields.List(fields.Nested(WorkReasonSchema), required=True)
    holds = fields.List(fields.Nested(WorkHoldSchema), required=True)
    channels = fields.List(fields.Nested(WorkChannelSchema), required=True)
    latest = fields.List(fields.Nested(WorkLastContactSchema), required=True)
    promised_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When she last named a day for a payment in a talk."},
    )


class WorkNextCaseSchema(WorkItemSchema):
    cases = fields.List(fields.Nested(WorkCaseSchema), required=True)
    facts = fields.List(fields.Nested(WorkFactSchema), required=True)
    overdue = fields.List(fields.Nested(WorkOverdueSchema), required=True)
    options = fields.List(fields.Nested(WorkOptionSchema), required=True)
    contact = fields.Nested(WorkContactStateSchema, required=True)


class WorkNextSchema(OutSchema):
    next = fields.Nested(WorkNextCaseSchema, required=True, allow_none=True)
    waiting = fields.Integer(
        required=True,
        metadata={"description": "As in the list; 0 when `skip` passes over all of them."},
    )
