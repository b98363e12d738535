"""What log-in takes and gives."""

from marshmallow import fields

from backend.auth.rules import CODE_PATTERN, SESSION_LABEL_LENGTH_MAX
from backend.kit.fields import Day, Instant, OutSchema, Pattern, ShortText, StrictSchema
from backend.kit.paging import page_schema


class TokenAnswerSchema(OutSchema):
    access_token = fields.String(
        required=True, metadata={"description": "For `Authorization: Bearer`."}
    )
    token_type = fields.String(required=True, metadata={"enum": ["Bearer"]})
    expires_in = fields.Integer(
        required=True, metadata={"description": "Seconds that the access token lives."}
    )
    refresh_token = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "For the next access token; each is good for one exchange."},
    )


class OtpSchema(StrictSchema):
    phone = ShortText(
        required=True,
        metadata={
            "description": "With country code, or as dialled where `Accept-Language` is spoken.",
            "example": "+1 202 555 0105",
        },
    )


class OtpChallengeSchema(OutSchema):
    challenge_id = fields.UUID(required=True)
    expires_at = Instant(required=True)


class VerifySchema(StrictSchema):
    challenge_id = fields.UUID(required=True)
    code = fields.String(
        required=True,
        validate=Pattern(CODE_PATTERN, error="Must be six digits."),
        metadata={"example": "123456"},
    )
    born_on = Day(
        load_default=None,
        metadata={"description": "Needed where several people use the number."},
    )
    label = ShortText(
        high=SESSION_LABEL_LENGTH_MAX,
        load_default=None,
        metadata={"description": "What to call this session in the list, such as a phone's name."},
    )


class RefreshSchema(StrictSchema):
    refresh_token = ShortText(required=True)


class SessionSchema(OutSchema):
    id = fields.UUID(required=True)
    label = fields.String(
        required=True, allow_none=True, metadata={"description": "What the app called itself."}
    )
    created_at = Instant(required=True)
    last_used_at = Instant(
        required=True, metadata={"description": "When its tokens were last renewed."}
    )
    current = fields.Boolean(
        required=True, metadata={"description": "Whether this call is made in it."}
    )


SessionPageSchema = page_schema(SessionSchema, name="SessionPage")
