"""The rulebook on the wire."""

from marshmallow import fields

from backend.kit.fields import Instant, LongText, OutSchema, StrictSchema, Truth
from community.detectors.rules import Mode
from community.rulebook.rules import REASON_LENGTH_MAX


class RuleModeInSchema(StrictSchema):
    mode = fields.Enum(Mode, by_value=True, required=True)
    reason = LongText(1, REASON_LENGTH_MAX, required=True)
    without_proof = Truth(
        load_default=False,
        metadata={"description": "Stop posts although the rule is not proven; `reason` says why."},
    )


class RuleChangeSchema(OutSchema):
    mode = fields.String(required=True)
    reason = fields.String(required=True)
    without_proof = fields.Boolean(required=True)
    staff_id = fields.UUID(required=True)
    at = Instant(required=True)


class RuleSchema(OutSchema):
    rule = fields.String(required=True)
    kind = fields.String(required=True)
    mode = fields.String(required=True, metadata={"enum": [str(each) for each in Mode]})
    ships_as = fields.String(required=True)
    modes = fields.List(
        fields.String(), required=True, metadata={"description": "Those it may be in."}
    )
    rules_version = fields.Integer(required=True)
    hits = fields.Integer(required=True, metadata={"description": "Posts that it found."})
    right = fields.Integer(required=True, metadata={"description": "Moderators agreed."})
    wrong = fields.Integer(required=True, metadata={"description": "They did not."})
    precision = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "right / (right + wrong); null for fewer than 20 decisions."},
    )
    changes = fields.List(
        fields.Nested(RuleChangeSchema),
        required=True,
        metadata={"description": "The latest 20, newest first."},
    )


class RulesSchema(OutSchema):
    items = fields.List(fields.Nested(RuleSchema), required=True)
