"""The desk on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import (
    Instant,
    LongText,
    OutSchema,
    StrictSchema,
    WholeNumber,
    WordsToHer,
)
from backend.kit.paging import page_schema
from community.cases.rules import Queue
from community.desk.forms import DAYS, DAYS_USUAL, HOLD_DAYS, LEAD, MOVES, WAYS
from community.desk.wording import Passing, Regret
from community.moderation.rules import (
    REASON_LENGTH_MAX,
    REASON_LENGTH_MIN,
    SUSPENSION_DAYS_MAX,
    Action,
    Clause,
    Standing,
)


class ClaimInSchema(StrictSchema):
    claim_token = fields.UUID(required=True)


class MoveInSchema(ClaimInSchema):
    reason = LongText(REASON_LENGTH_MIN, REASON_LENGTH_MAX, required=True)


class EscalateInSchema(MoveInSchema):
    to = fields.String(
        load_default="lead",
        validate=validate.OneOf(["lead", Queue.GENERAL, Queue.CRISIS, Queue.LENDER]),
    )


class DecideInSchema(ClaimInSchema):
    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**31))
    content_hash = fields.String(
        required=True, validate=validate.Regexp(r"^[0-9a-f]{64}$", error="Must be 64 hex digits.")
    )
    action = fields.Enum(Action, by_value=True, required=True)
    clause = fields.Enum(Clause, by_value=True, load_default=None)
    reason = LongText(1, REASON_LENGTH_MAX, load_default=None)
    days = fields.Integer(
        load_default=None, strict=True, validate=validate.Range(1, SUSPENSION_DAYS_MAX)
    )
    fold_same_text = fields.Boolean(
        load_default=False,
        metadata={"description": "Decide every open case of the very same words alike."},
    )
    take_next = fields.Boolean(
        load_default=False, metadata={"description": "Answer with the queue's next case, too."}
    )


class RulingForm(ClaimInSchema):
    version = WholeNumber(1, 2**31, required=True)
    content_hash = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}$"))
    action = fields.Enum(Action, by_value=True, load_default=None)
    clause = fields.Enum(Clause, by_value=True, load_default=None)
    reason = WordsToHer(REASON_LENGTH_MIN, REASON_LENGTH_MAX, load_default=None)
    days = fields.String(load_default=DAYS_USUAL, validate=validate.OneOf(DAYS))
    hold_days = fields.String(load_default="0", validate=validate.OneOf(HOLD_DAYS))
    fold_same_text = fields.Boolean(load_default=False)


class MoveForm(ClaimInSchema):
    move = fields.String(required=True, validate=validate.OneOf(MOVES))
    why = fields.Enum(Passing, by_value=True, load_default=Passing.UNSURE)
    to = fields.String(load_default=LEAD, validate=validate.OneOf(WAYS))


class UndoForm(StrictSchema):
    why = fields.Enum(Regret, by_value=True, load_default=Regret.WRONG_KEY)


class WhyInSchema(StrictSchema):
    reason = LongText(REASON_LENGTH_MIN, REASON_LENGTH_MAX, required=True)


class CaseContentSchema(OutSchema):
    kind = fields.String(required=True)
    topic = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    body = fields.String(required=True)
    state = fields.String(required=True)
    held_for = fields.List(fields.String(), required=True)
    version = fields.Integer(required=True)
    created_at = Instant(required=True)
    edited_at = Instant(required=True, allow_none=True)


class CaseFindingSchema(OutSchema):
    kind = fields.String(required=True)
    rule = fields.String(required=True)
    certainty = fields.String(required=True)
    start = fields.Integer(required=True)
    end = fields.Integer(required=True)


class ThreadPieceSchema(OutSchema):
    id = fields.UUID(required=True)
    handle = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)
    body = fields.String(required=True, metadata={"description": "Its first 1,000 characters."})
    state = fields.String(required=True)
    created_at = Instant(required=True)


class CaseContextSchema(OutSchema):
    post = fields.Nested(
        ThreadPieceSchema,
        required=True,
        allow_none=True,
        metadata={"description": "What a comment answers."},
    )
    before = fields.List(fields.Nested(ThreadPieceSchema), required=True)
    after = fields.List(fields.Nested(ThreadPieceSchema), required=True)


class ReportCountSchema(OutSchema):
    reason = fields.String(required=True)
    count = fields.Integer(required=True)


class InForceSchema(OutSchema):
    kind = fields.String(required=True)
    until_at = Instant(required=True, allow_none=True)


class CaseAuthorSchema(OutSchema):
    handle = fields.String(required=True)
    joined_at = Instant(required=True)
    clean = fields.Integer(required=True)
    decisions = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    sanctions = fields.List(fields.Nested(InForceSchema), required=True)


class SimilarDecisionSchema(OutSchema):
    action = fields.String(required=True)
    clause = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True)
    excerpt = fields.String(required=True)


class DecisionSchema(OutSchema):
    id = fields.UUID(required=True)
    case_id = fields.UUID(required=True)
    queue = fields.String(required=True)
    target_type = fields.String(required=True)
    target_id = fields.UUID(required=True)
    action = fields.String(required=True)
    clause = fields.String(required=True, allow_none=True)
    clause_text = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    days = fields.Integer(required=True, allow_none=True)
    standing = fields.String(required=True, metadata={"enum": [str(each) for each in Standing]})
    decided_by = fields.UUID(required=True)
    decided_at = Instant(required=True)
    counts_from = Instant(required=True)
    confirm_until = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When it falls, unless a second moderator confirms it."},
    )
    confirmed_by = fields.UUID(required=True, allow_none=True)
    undone_at = Instant(required=True, allow_none=True)


class AppealToReadSchema(OutSchema):
    text = fields.String(required=True)
    created_at = Instant(required=True)
    decision = fields.Nested(DecisionSchema, required=True)


class ActionChoiceSchema(OutSchema):
    action = fields.String(required=True)
    key = fields.String(required=True)
    needs = fields.List(fields.String(), required=True)


class MoveChoiceSchema(OutSchema):
    move = fields.String(required=True)
    key = fields.String(required=True)


class ClauseSchema(OutSchema):
    code = fields.String(required=True)
    text = fields.String(required=True)


class CaseSchema(OutSchema):
    id = fields.UUID(required=True)
    queue = fields.String(required=True)
    version = fields.Integer(required=True)
    content_hash = fields.String(required=True)
    claim_token = fields.UUID(required=True)
    claimed_until = Instant(required=True)
    opened_at = Instant(required=True)
    due_at = Instant(required=True)
    is_overdue = fields.Boolean(required=True)
    is_for_lead = fields.Boolean(required=True)
    severity = fields.Integer(required=True)
    causes = fields.List(fields.String(), required=True)
    target_type = fields.String(required=True)
    target_id = fields.UUID(required=True)
    content = fields.Nested(CaseContentSchema, required=True)
    context = fields.Nested(CaseContextSchema, required=True)
    findings = fields.List(fields.Nested(CaseFindingSchema), required=True)
    reports = fields.List(fields.Nested(ReportCountSchema), required=True)
    notes = fields.List(fields.String(), required=True)
    author = fields.Nested(CaseAuthorSchema, required=True)
    similar = fields.List(fields.Nested(SimilarDecisionSchema), required=True)
    appeal = fields.Nested(AppealToReadSchema, required=True, allow_none=True)
    actions = fields.List(fields.Nested(ActionChoiceSchema), required=True)
    moves = fields.List(fields.Nested(MoveChoiceSchema), required=True)
    clauses = fields.List(fields.Nested(ClauseSchema), required=True)


class AppealOutcomeSchema(OutSchema):
    decision_id = fields.UUID(required=True)
    outcome = fields.String(required=True)
    reason = fields.String(required=True)
    decided_at = Instant(required=True)


class DecidedSchema(OutSchema):
    decision = fields.Nested(DecisionSchema, required=True, allow_none=True)
    appeal = fields.Nested(AppealOutcomeSchema, required=True, allow_none=True)
    folded = fields.Integer(required=True)
    next = fields.Nested(CaseSchema, required=True, allow_none=True)


class QueueCountSchema(OutSchema):
    queue = fields.String(required=True)
    open = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    for_lead = fields.Integer(required=True)
    oldest_at = Instant(required=True, allow_none=True)


class QueueCountsSchema(OutSchema):
    items = fields.List(fields.Nested(QueueCountSchema), required=True)
    awaiting_confirmation = fields.Integer(required=True)


class TrailStepSchema(OutSchema):
    number = fields.Integer(required=True)
    at = Instant(required=True)
    staff_id = fields.UUID(required=True, allow_none=True)
    what = fields.String(required=True)
    queue = fields.String(required=True)
    why = fields.String(required=True, allow_none=True)
    before = fields.Dict(required=True)
    after = fields.Dict(required=True)


class TrailSchema(OutSchema):
    items = fields.List(fields.Nested(TrailStepSchema), required=True)


DecisionPageSchema = page_schema(DecisionSchema, name="DecisionPage")
