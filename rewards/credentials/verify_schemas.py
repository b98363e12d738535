"""What is said of a credential that was checked."""

from typing import Any

from marshmallow import fields, validate

from backend.kit.fields import OutSchema
from rewards.credentials.checking import Step
from rewards.credentials.shape import BYTES_MAX

CREDENTIAL_IN: dict[str, Any] = {
    "required": True,
    "description": (
        "The credential itself, with its proof, as its holder keeps it; of a picture, what was"
        f" baked into it. At most {BYTES_MAX // 1024} KiB."
    ),
    "content": {
        name: {"schema": {"type": "object", "additionalProperties": True}}
        for name in ("application/json", "application/ld+json")
    },
}


class CredentialCheckSchema(OutSchema):
    check = fields.String(required=True, validate=validate.OneOf([str(step) for step in Step]))
    passed = fields.Boolean(required=True)
    text = fields.String(required=True)


class CredentialChecksSchema(OutSchema):
    verified = fields.Boolean(
        required=True, metadata={"description": "Whether every check was made and passed."}
    )
    checks = fields.List(
        fields.Nested(CredentialCheckSchema),
        required=True,
        metadata={"description": "In this order. One that fails ends those that would rest on it."},
    )
