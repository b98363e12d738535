"""What the catalogue looks like on the wire."""

from typing import Any

from marshmallow import fields, validate

from backend.kit.fields import (
    Day,
    Instant,
    LongText,
    OutSchema,
    Pattern,
    ShortText,
    StrictSchema,
    TextsSchema,
    WholeNumber,
)
from backend.kit.paging import PageArgs, page_schema
from rewards.catalogue.rules import PRICE_MAX, QUANTITY_MAX, STOCK_MAX, State

CODE_PATTERN = r"^[a-z][a-z0-9_]{1,39}$"
CODES_MAX = 5_000
STATES = [str(state) for state in State]
STEPS = ["confirmed", "shipped", "completed", "failed"]


class RewardReasonSchema(OutSchema):
    code = fields.String(required=True)
    text = fields.String(required=True)


class RewardSchema(OutSchema):
    id = fields.UUID(required=True)
    code = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    about = fields.String(required=True)
    terms = fields.Dict(required=True)
    price_points = fields.Integer(required=True)
    limit_each = fields.Integer(required=True, allow_none=True)
    in_stock = fields.Boolean(required=True)
    may_redeem = fields.Boolean(required=True)
    reasons = fields.List(fields.Nested(RewardReasonSchema), required=True)


RewardPageSchema = page_schema(RewardSchema, name="RewardPage")


class RedeemSchema(StrictSchema):
    item_id = fields.UUID(required=True)
    quantity = WholeNumber(1, QUANTITY_MAX, load_default=1)
    price_points = WholeNumber(
        1,
        PRICE_MAX,
        load_default=None,
        metadata={"description": "Of one, as you were shown it: nothing is held at another price."},
    )
    address = LongText(
        5,
        500,
        load_default=None,
        metadata={"description": "Where a physical gift is sent; forgotten when it has come."},
    )


class RedemptionSchema(OutSchema):
    id = fields.UUID(required=True)
    item_id = fields.UUID(required=True)
    item_code = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    quantity = fields.Integer(required=True)
    points = fields.Integer(required=True)
    state = fields.String(required=True)
    state_text = fields.String(required=True)
    ending = fields.Nested(RewardReasonSchema, required=True, allow_none=True)
    tracking = fields.String(required=True, allow_none=True)
    url = fields.String(required=True, allow_none=True)
    requested_at = Instant(required=True)
    claim_until = Instant(required=True, allow_none=True)


RedemptionPageSchema = page_schema(RedemptionSchema, name="RedemptionPage")


class VoucherSchema(OutSchema):
    code = fields.String(required=True)
    valid_until = Day(required=True)


class VouchersSchema(OutSchema):
    items = fields.List(fields.Nested(VoucherSchema), required=True)


class CatalogueItemEditSchema(StrictSchema):
    names = fields.Nested(TextsSchema, required=True)
    about = fields.Nested(TextsSchema, required=True)
    terms = fields.Dict(keys=fields.String(), required=True)
    price_points = WholeNumber(1, PRICE_MAX, required=True)
    limit_each = WholeNumber(1, QUANTITY_MAX * 100, load_default=None, allow_none=True)
    audience = fields.Raw(load_default=lambda: {"all": []}, metadata={"type": "object"})
    stock = WholeNumber(
        0,
        STOCK_MAX,
        load_default=None,
        allow_none=True,
        metadata={"description": "In all, what is taken included; none: enough for everybody."},
    )
    state = fields.String(
        load_default="draft", validate=validate.OneOf(["draft", "live", "retired"])
    )


class CatalogueItemInSchema(CatalogueItemEditSchema):
    code = fields.String(
        required=True, validate=Pattern(CODE_PATTERN, error="Must be 2 to 40 of a-z, 0-9 and _.")
    )
    # Which kinds there are is the service's to say: what is like cash deserves a reason.
    kind = ShortText(1, 40, required=True)


class CatalogueItemSchema(OutSchema):
    id = fields.UUID(required=True)
    code = fields.String(required=True)
    kind = fields.String(required=True)
    names = fields.Dict(required=True)
    about = fields.Dict(required=True)
    terms = fields.Dict(required=True)
    price_points = fields.Integer(required=True)
    limit_each = fields.Integer(required=True, allow_none=True)
    audience = fields.Raw(required=True, metadata={"type": "object"})
    stock_total = fields.Integer(required=True, allow_none=True)
    stock_left = fields.Integer(required=True, allow_none=True)
    state = fields.String(required=True)
    created_at = Instant(required=True)


CatalogueItemPageSchema = page_schema(CatalogueItemSchema, name="CatalogueItemPage")


class VoucherCodesInSchema(StrictSchema):
    valid_until = Day(required=True)
    codes = fields.List(ShortText(1, 200), required=True, validate=validate.Length(1, CODES_MAX))


class VoucherCodesAddedSchema(OutSchema):
    added = fields.Integer(required=True)
    known = fields.Integer(required=True)


class QueueArgs(PageArgs):
    state = fields.String(load_default="requested", validate=validate.OneOf(STATES))


class RedemptionQueuedSchema(OutSchema):
    id = fields.UUID(required=True)
    borrower_id = fields.UUID(required=True)
    item_code = fields.String(required=True)
    kind = fields.String(required=True)
    quantity = fields.Integer(required=True)
    points = fields.Integer(required=True)
    state = fields.String(required=True)
    tracking = fields.String(required=True, allow_none=True)
    requested_at = Instant(required=True)
    deadline_at = Instant(required=True)


RedemptionQueuePageSchema = page_schema(RedemptionQueuedSchema, name="RedemptionQueuePage")


class RedemptionStepSchema(StrictSchema):
    state = fields.String(required=True, validate=validate.OneOf(STEPS))
    tracking = ShortText(1, 100, load_default=None, allow_none=True)


def texts_as_json(loaded: dict[str, Any]) -> dict[str, Any]:
    """A checked item with its texts by their language's name."""

    def texts(value: dict[str, str]) -> dict[str, str]:
        return {"en": value["en"], "zh-CN": value["zh_cn"]}

    return loaded | {"names": texts(loaded["names"]), "about": texts(loaded["about"])}
