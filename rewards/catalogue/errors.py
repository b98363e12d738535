"""Refusals of the catalogue."""

from backend.kit.problems import Conflict, Invalid, NotFound
from backend.kit.texts import Text


class ItemUnknown(NotFound):
    code = "catalogue-item-unknown"
    title = Text("There is no such item in the catalogue.", "目录中没有该项目。")


class RedemptionUnknown(NotFound):
    code = "redemption-unknown"
    title = Text("There is no such redemption.", "没有该兑换记录。")


class ItemCodeTaken(Conflict):
    code = "catalogue-code-taken"
    title = Text("An item has this code already.", "该代码已被其他项目使用。")


class OutOfStock(Conflict):
    code = "out-of-stock"
    title = Text("There are not enough left of this.", "库存不足。")


class LimitReached(Conflict):
    code = "redemption-limit-reached"
    title = Text(
        "You have had as many of this as there are for each member.",
        "您已达到该项目的兑换上限。",
    )


class NotForHer(Conflict):
    code = "item-not-for-you"
    title = Text("This item is not for you at present.", "该项目目前不适用于您。")


class PriceChanged(Conflict):
    code = "price-changed"
    title = Text("The price has just changed. Please look again.", "价格刚刚有变动，请重新查看。")


class AddressNeeded(Invalid):
    code = "address-needed"
    title = Text("Tell us where to send it.", "请填写收件地址。")


class RedemptionMoveRefused(Conflict):
    code = "redemption-not-open"
    title = Text(
        "This redemption can no longer be changed in that way.", "该兑换已不能再作此变更。"
    )


class CashLikeItem(Invalid):
    """Reasons name what it is that would turn an item into money."""

    code = "cash-like-item"
    title = Text(
        "Nothing in the catalogue is cash or anything like it.",
        "目录中不得有现金或任何类似现金的项目。",
    )
