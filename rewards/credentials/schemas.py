"""What credentials say on the wire. Documents themselves are of their standards, not of ours."""

from typing import Any

from marshmallow import fields

from backend.kit.fields import Instant, OutSchema

# [Open Badges 3.0, Verifiable Credentials 2.0]: what is always there; a reader allows for more.
CREDENTIAL: dict[str, Any] = {
    "type": "object",
    "description": "An OpenBadgeCredential [Open Badges 3.0] with its proof (eddsa-rdfc-2022).",
    "required": [
        *("@context", "id", "type", "issuer", "validFrom", "name"),
        *("credentialSubject", "credentialStatus", "proof"),
    ],
    "properties": {
        "@context": {"type": "array", "items": {"type": "string"}},
        "id": {"type": "string", "format": "uri"},
        "type": {"type": "array", "items": {"type": "string"}},
        "issuer": {"type": "object"},
        "validFrom": {"type": "string", "format": "date-time"},
        "name": {"type": "string"},
        "credentialSubject": {"type": "object"},
        "credentialStatus": {"type": "object"},
        "proof": {"type": "object"},
    },
}
DOCUMENT: dict[str, Any] = {
    "type": "object",
    "required": ["@context", "id"],
    "properties": {"id": {"type": "string"}},
}
PICTURE: dict[str, Any] = {"type": "string", "format": "binary"}


class CredentialShareSchema(OutSchema):
    url = fields.URL(required=True, metadata={"description": "The page, for whoever has this."})
    opened_at = Instant(required=True)
