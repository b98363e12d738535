"""What a borrower says of her consents, and what she is shown."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from backend.consents.rules import Purpose
from backend.kit.fields import Instant, OutSchema, StrictSchema, Truth, WholeNumber
from backend.kit.paging import page_schema

VERSION_MAX = 1_000_000


class SaidSchema(StrictSchema):
    purpose = fields.String(
        required=True, validate=validate.OneOf([str(purpose) for purpose in Purpose])
    )
    version = WholeNumber(
        1,
        VERSION_MAX,
        load_default=None,
        metadata={"description": "The current one; needed to give, not to take back."},
    )
    granted = Truth(required=True)

    @validates_schema
    def check_version(self, data: dict[str, Any], **_: Any) -> None:
        """She says to which wording she says yes."""
        if data["granted"] and data["version"] is None:
            raise ValidationError(["Missing data for required field."], "version")


class ConsentsInSchema(StrictSchema):
    consents = fields.List(
        fields.Nested(SaidSchema), required=True, validate=validate.Length(1, len(Purpose))
    )

    @validates_schema
    def check_once(self, data: dict[str, Any], **_: Any) -> None:
        """Yes and no to the same purpose would be neither."""
        named = [each["purpose"] for each in data["consents"]]
        if len(named) != len(set(named)):
            raise ValidationError(["Names a purpose twice."], "consents")


class ConsentSchema(OutSchema):
    purpose = fields.String(required=True, metadata={"enum": [str(p) for p in Purpose]})
    granted = fields.Boolean(required=True)
    version = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The version that you gave; null while it is not given."},
    )
    current_version = fields.Integer(required=True)
    since = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When you said so last; null when you never spoke of it."},
    )
    needs_renewal = fields.Boolean(
        required=True, metadata={"description": "You gave it, and there is a newer version."}
    )
    title = fields.String(required=True)
    what_is_done = fields.String(required=True)
    without_it = fields.String(required=True)


class ConsentsSchema(OutSchema):
    consents = fields.List(fields.Nested(ConsentSchema), required=True)


class ConsentChangeSchema(OutSchema):
    id = fields.UUID(required=True)
    purpose = fields.String(required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True)
    granted = fields.Boolean(required=True)
    source = fields.String(required=True)
    at = Instant(required=True)


ConsentHistorySchema = page_schema(ConsentChangeSchema, name="ConsentHistory")
