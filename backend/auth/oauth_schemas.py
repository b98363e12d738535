"""What the OAuth doors and the desk of machine clients take and give."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from backend.auth.client_rules import (
    CLIENT_NAME_LENGTH_MAX,
    CLIENT_NAME_PATTERN,
    ROTATION_OVERLAP,
    ROTATION_OVERLAP_HOURS_MAX,
)
from backend.auth.rules import CLIENT_SCOPES
from backend.kit.audience import TOKEN_LENGTH_MAX
from backend.kit.fields import Instant, OutSchema, Pattern, StrictSchema, WholeNumber
from backend.kit.paging import page_schema

CLIENT_CREDENTIALS = "client_credentials"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - a name
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"
ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name
PARAMETER_LENGTH_MAX = 1_000
HOUR_SECONDS = 3_600


class OAuthInSchema(Schema):
    """Parent of OAuth requests, in which unknown parameters are ignored [RFC 6749, 3.2]."""

    class Meta:
        unknown = EXCLUDE


def _parameter(**kwargs: Any) -> fields.String:
    known = {"validate": validate.Length(max=PARAMETER_LENGTH_MAX)} | kwargs
    return fields.String(load_default=None, allow_none=False, **known)


class TokenRequestSchema(OAuthInSchema):
    # Another value is another refusal than a missing one, so the view looks at it.
    grant_type = fields.String(required=True, metadata={"enum": [CLIENT_CREDENTIALS]})
    scope = _parameter(
        metadata={
            "description": "A part of the client's scopes, separated by spaces; all when absent.",
            "example": "ingest.write",
        }
    )
    client_id = _parameter(metadata={"description": "Here or by HTTP Basic."})
    client_secret = _parameter(metadata={"description": "Here or by HTTP Basic."})


class ClientTokenSchema(OutSchema):
    access_token = fields.String(required=True)
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds."})
    scope = fields.String(required=True)


class ExchangeRequestSchema(OAuthInSchema):
    grant_type = fields.String(required=True, metadata={"enum": [TOKEN_EXCHANGE]})
    subject_token = fields.String(
        required=True,
        validate=validate.Length(1, TOKEN_LENGTH_MAX),
        metadata={"description": "The lender's JWT: one borrower, one use, five minutes at most."},
    )
    subject_token_type = fields.String(required=True, validate=validate.OneOf([JWT_TYPE]))
    requested_token_type = _parameter(validate=validate.OneOf([ACCESS_TOKEN_TYPE]))
    # Left out of sight it would be taken for granted that she is only acted for.
    actor_token = _parameter(
        validate=validate.Length(max=0, error="Acting for another is not supported."),
        metadata={"description": "Not supported: nobody acts for her."},
    )


class ExchangedTokenSchema(OutSchema):
    access_token = fields.String(required=True)
    issued_token_type = fields.String(required=True, validate=validate.Equal(ACCESS_TOKEN_TYPE))
    token_type = fields.String(required=True, validate=validate.Equal("Bearer"))
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds."})
    refresh_token = fields.String(required=True)


class ClientInSchema(StrictSchema):
    name = fields.String(
        required=True,
        validate=[
            validate.Length(1, CLIENT_NAME_LENGTH_MAX),
            Pattern(CLIENT_NAME_PATTERN, error="Must be letters, digits, dot, dash, underscore."),
        ],
        metadata={"example": "core"},
    )
    scopes = fields.List(
        fields.String(validate=validate.OneOf(sorted(CLIENT_SCOPES))),
        required=True,
        validate=validate.Length(1, len(CLIENT_SCOPES)),
    )


class RotationInSchema(StrictSchema):
    overlap_hours = WholeNumber(
        0,
        ROTATION_OVERLAP_HOURS_MAX,
        load_default=int(ROTATION_OVERLAP.total_seconds()) // HOUR_SECONDS,
        metadata={
            "description": "How long the secret in use still opens. 0 also ends every token."
        },
    )


class NewSecretSchema(OutSchema):
    client_id = fields.UUID(required=True)
    name = fields.String(required=True)
    client_secret = fields.String(
        attribute="secret", required=True, metadata={"description": "Shown this once."}
    )
    previous_ends_at = Instant(required=True, allow_none=True)


class SecretSchema(OutSchema):
    place = fields.String(required=True, metadata={"enum": ["current", "previous"]})
    created_at = Instant(required=True)
    expires_at = Instant(required=True, allow_none=True)
    used_at = Instant(
        required=True, allow_none=True, metadata={"description": "The last use, to the hour."}
    )


class ClientSchema(OutSchema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    created_at = Instant(required=True)
    disabled_at = Instant(required=True, allow_none=True)
    secrets = fields.List(fields.Nested(SecretSchema), required=True)


ClientPageSchema = page_schema(ClientSchema, name="ClientPageSchema")
