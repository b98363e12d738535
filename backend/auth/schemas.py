"""What log-in takes and gives."""

from marshmallow import fields

from backend.kit.fields import Instant, OutSchema, ShortText, StrictSchema
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
