"""What each type of message holds: the schemas of the interface's document, and of tests."""

from typing import Any

from marshmallow import Schema, fields, validate

from backend.benefits.rules import Kind as Benefit
from backend.benefits.rules import State as GrantState
from backend.core_instructions.rules import Kind as Instruction
from backend.kit.fields import Day, Instant, OutSchema
from backend.kit.openapi import Message
from backend.webhooks.rules import TEST_TYPE, MessageType


class AboutBorrowerSchema(OutSchema):
    borrower_external_id = fields.String(
        required=True, metadata={"description": "The lender's own id."}
    )


class TierChangedData(AboutBorrowerSchema):
    tier = fields.String(
        required=True, allow_none=True, metadata={"description": "Its public code."}
    )
    previous_tier = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Null at first, and where the policy has it no more."},
    )
    policy_version = fields.Integer(required=True)


class BenefitData(AboutBorrowerSchema):
    grant_id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([str(kind) for kind in Benefit]))
    state = fields.String(
        required=True, validate=validate.OneOf([str(state) for state in GrantState])
    )
    terms = fields.Dict(required=True)


class BadgeAwardedData(AboutBorrowerSchema):
    award_id = fields.UUID(required=True)
    code = fields.String(required=True)
    version = fields.Integer(required=True)
    earned_on = Day(required=True)


class EnrolmentChangedData(AboutBorrowerSchema):
    status = fields.String(
        required=True, validate=validate.OneOf(["enrolled", "paused", "terminated"])
    )


class PointsExpiringData(AboutBorrowerSchema):
    points = fields.Integer(required=True)
    expires_on = Day(required=True)


class CoreInstructionData(AboutBorrowerSchema):
    instruction_id = fields.UUID(
        required=True,
        metadata={"description": "Acknowledge it: POST /v1/ingest/core-instructions/{id}/ack."},
    )
    payload = fields.Dict(required=True)


class EndpointTestData(OutSchema):
    endpoint_id = fields.UUID(required=True)


_DATA: dict[str, tuple[str, type[Schema]]] = {
    MessageType.TIER_CHANGED: ("She is in another tier now.", TierChangedData),
    MessageType.BENEFIT_GRANTED: ("She was given a benefit.", BenefitData),
    MessageType.BENEFIT_CHANGED: (
        "She took a benefit up or declined it, or it ended. Carry out what is `activated`.",
        BenefitData,
    ),
    MessageType.BADGE_AWARDED: ("She earned a badge.", BadgeAwardedData),
    MessageType.ENROLMENT_CHANGED: (
        "She joined the programme, paused or left.",
        EnrolmentChangedData,
    ),
    MessageType.POINTS_EXPIRING: ("Points of hers expire soon.", PointsExpiringData),
    **{
        str(kind): (
            f"The core system is asked for `{kind}`; it stands in the list, too, until heard.",
            CoreInstructionData,
        )
        for kind in Instruction
    },
    TEST_TYPE: ("Sent when you ask for it; says nothing.", EndpointTestData),
}


def _envelope(type_name: str, data: type[Schema]) -> type[Schema]:
    """What every message is: type, instant, and the data of its type."""
    members: dict[str, Any] = {
        "type": fields.String(required=True, validate=validate.Equal(type_name)),
        "timestamp": Instant(
            required=True, metadata={"description": "When it happened; not when it is sent."}
        ),
        "data": fields.Nested(data, required=True),
    }
    name = "".join(part.title() for part in type_name.replace(".", "_").split("_"))
    return type(f"{name}MessageSchema", (OutSchema,), members)


MESSAGES: dict[str, Message] = {
    str(name): Message(about, _envelope(str(name), data)) for name, (about, data) in _DATA.items()
}
