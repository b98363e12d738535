"""What benefits look like on the wire: to the core system, to the borrower, to staff."""

from typing import Any

from marshmallow import fields, validate

from backend.benefits.pack import ITEM_DAYS_DEFAULT
from backend.benefits.rules import Proof
from backend.kit.fields import (
    Day,
    Instant,
    OutSchema,
    Pattern,
    ShortText,
    StrictSchema,
    TextsSchema,
    WholeNumber,
)
from backend.kit.paging import PageArgs, page_schema

CODE_PATTERN = r"^[a-z][a-z0-9_]{1,39}$"
MONTH_PATTERN = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
HASH_PATTERN = r"^[0-9a-f]{64}$"
ITEMS_MAX = 20
BUDGET_MAX = 10_000_000
DAYS_MAX = 366


class Month(fields.Field[Any]):
    """A month, kept as its first day, as YYYY-MM."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> str:
        return f"{value:%Y-%m}"


class SinceArgs(PageArgs):
    since = Instant(
        load_default=None, metadata={"description": "Granted or changed at this instant or later."}
    )


class GrantSchema(OutSchema):
    id = fields.UUID(required=True)
    borrower_external_id = fields.String(required=True)
    kind = fields.String(required=True)
    terms = fields.Dict(required=True)
    cause = fields.String(required=True)
    state = fields.String(required=True)
    granted_at = Instant(required=True)
    changed_at = Instant(required=True)
    expires_on = Day(required=True, allow_none=True)
    acknowledged_at = Instant(required=True, allow_none=True)


GrantPageSchema = page_schema(GrantSchema, name="GrantPageSchema")


class AcknowledgedSchema(OutSchema):
    id = fields.UUID(required=True)
    acknowledged_at = Instant(required=True)


class CodedTextSchema(OutSchema):
    code = fields.String(required=True)
    text = fields.String(required=True)


class NamedPackSchema(OutSchema):
    code = fields.String(required=True)
    name = fields.String(required=True)


class OwnGrantSchema(OutSchema):
    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    text = fields.String(required=True)
    terms = fields.Dict(required=True)
    state = fields.String(required=True)
    state_text = fields.String(required=True)
    cause = fields.Nested(CodedTextSchema, required=True)
    pack = fields.Nested(NamedPackSchema, required=True, allow_none=True)
    granted_at = Instant(required=True)
    expires_on = Day(required=True, allow_none=True)
    activated_on = Day(required=True, allow_none=True)
    needs_proof = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What we must have seen before you can take it up."},
    )
    ending = fields.Nested(CodedTextSchema, required=True, allow_none=True)


OwnGrantPageSchema = page_schema(OwnGrantSchema, name="OwnGrantPageSchema")


class PackInSchema(StrictSchema):
    code = fields.String(
        required=True, validate=Pattern(CODE_PATTERN, error="Must be 2 to 40 of a-z, 0-9 and _.")
    )


class PackSchema(OutSchema):
    code = fields.String(required=True)
    created_at = Instant(required=True)


PackPageSchema = page_schema(PackSchema, name="BenefitPackPageSchema")


class ItemSchema(StrictSchema):
    code = fields.String(
        required=True, validate=Pattern(CODE_PATTERN, error="Must be 2 to 40 of a-z, 0-9 and _.")
    )
    # Which kinds there are is the service's to say: what is like cash deserves a reason.
    kind = ShortText(1, 40, required=True)
    terms = fields.Dict(keys=fields.String(), required=True)
    text = fields.Nested(TextsSchema, required=True)
    days = WholeNumber(
        1,
        DAYS_MAX,
        load_default=ITEM_DAYS_DEFAULT,
        metadata={"description": "How long it may be taken up."},
    )
    needs_proof = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf([str(proof) for proof in Proof]),
    )


class PackDocumentSchema(StrictSchema):
    name = fields.Nested(TextsSchema, required=True)
    about = fields.Nested(TextsSchema, required=True)
    audience = fields.Raw(required=True, metadata={"type": "object"})
    items = fields.List(
        fields.Nested(ItemSchema), required=True, validate=validate.Length(1, ITEMS_MAX)
    )


class VersionInSchema(StrictSchema):
    month = fields.String(
        required=True,
        validate=Pattern(MONTH_PATTERN, error="Must be a month: 2026-11."),
        metadata={"description": "Counts from this month on, until a later version."},
    )
    budget = WholeNumber(
        1, BUDGET_MAX, required=True, metadata={"description": "Grants, over all its items."}
    )
    document = fields.Nested(PackDocumentSchema, required=True)


class VersionSchema(OutSchema):
    pack_code = fields.String(required=True)
    version = fields.Integer(required=True)
    month = Month(required=True)
    state = fields.String(required=True)
    document = fields.Dict(required=True)
    budget = fields.Integer(required=True)
    used = fields.Integer(required=True)
    author_id = fields.UUID(required=True)
    created_at = Instant(required=True)
    publisher_id = fields.UUID(required=True, allow_none=True)
    published_at = Instant(required=True, allow_none=True)


class WholePackSchema(PackSchema):
    versions = fields.List(fields.Nested(VersionSchema), required=True)


class TrialSchema(OutSchema):
    borrowers = fields.Integer(
        required=True, metadata={"description": "Enrolled borrowers whom it is for today."}
    )
    grants = fields.Integer(required=True)
    budget = fields.Integer(required=True)


class ProofInSchema(StrictSchema):
    kind = fields.String(required=True, validate=validate.OneOf([str(proof) for proof in Proof]))
    document_sha256 = fields.String(
        required=True, validate=Pattern(HASH_PATTERN, error="Must be 64 hexadecimal digits.")
    )
    issuer = ShortText(required=True)
    expires_on = Day(required=True)


class DocumentProofSchema(StrictSchema):
    kind = fields.String(required=True, validate=validate.OneOf([str(proof) for proof in Proof]))


class ProofSchema(OutSchema):
    id = fields.UUID(required=True)


class RevokeSchema(StrictSchema):
    reason = ShortText(3, 200, required=True)


class ActivationArgs(StrictSchema):
    month = fields.String(
        load_default=None,
        validate=Pattern(MONTH_PATTERN, error="Must be a month: 2026-11."),
        metadata={"description": "Only versions that count from this month."},
    )


class ActivationCountsSchema(OutSchema):
    offered = fields.Integer(required=True)
    activated = fields.Integer(required=True)
    declined = fields.Integer(required=True)
    ended = fields.Integer(required=True)
    rate = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Taken up, of all that were offered: a decimal string."},
    )


class ActivationSchema(ActivationCountsSchema):
    pack_code = fields.String(required=True)
    version = fields.Integer(required=True)
    month = Month(required=True)


class ManagerActivationSchema(ActivationCountsSchema):
    staff_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "Who looks after these borrowers now; null: nobody does."},
    )


class ActivationsSchema(OutSchema):
    packs = fields.List(fields.Nested(ActivationSchema), required=True)
    account_managers = fields.List(fields.Nested(ManagerActivationSchema), required=True)


def document_as_json(loaded: dict[str, Any]) -> dict[str, Any]:
    """A checked document as it is kept: texts by their language's name."""

    def texts(value: dict[str, str]) -> dict[str, str]:
        return {"en": value["en"], "zh-CN": value["zh_cn"]}

    items = [item | {"text": texts(item["text"])} for item in loaded["items"]]
    return loaded | {
        "name": texts(loaded["name"]),
        "about": texts(loaded["about"]),
        "items": items,
    }
