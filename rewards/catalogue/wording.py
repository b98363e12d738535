"""The catalogue in a borrower's words."""

from collections.abc import Sequence
from typing import Any

from backend.kit.problems import Reason
from backend.kit.texts import Locale, Text
from rewards.catalogue.rules import Ending, State

STATES = {
    State.REQUESTED: Text("We have your wish", "已收到您的兑换申请"),
    State.CONFIRMED: Text("Ready for you", "已备好，待您领取"),
    State.ISSUED: Text("Yours to use", "已领取，可使用"),
    State.SHIPPED: Text("On its way to you", "已寄出"),
    State.COMPLETED: Text("Done", "已完成"),
    State.CANCELLED: Text("Cancelled; your points are back", "已取消，积分已退回"),
    State.FAILED: Text("It did not work out; your points are back", "未能完成，积分已退回"),
}
ENDINGS = {
    Ending.BY_BORROWER: Text("You cancelled it.", "您已取消。"),
    Ending.BY_STAFF: Text("We could not deliver it. We are sorry.", "很抱歉，我们未能提供该项目。"),
    Ending.NOT_CLAIMED: Text("It was not claimed in time.", "未在期限内领取。"),
}
NOT_ENROLLED = Text("Rewards are for members of the programme.", "奖励面向会员计划成员。")
NOT_FOR_HER = Text("This is for members at another stage.", "该项目面向处于其他阶段的会员。")
NOT_ENOUGH = Text("{missing} points more are needed.", "还需 {missing} 积分。")
NONE_LEFT = Text("None are left at present.", "目前已兑完。")
HAD_ALL = Text("You have had as many as there are for each member.", "您已达到兑换上限。")


def item_in_words(item: Any, *, locale: Locale, reasons: Sequence[Reason]) -> dict[str, Any]:
    """An item as a borrower sees it; without reasons she may redeem it."""
    return {
        "id": item.id,
        "code": item.code,
        "kind": item.kind,
        "name": Text.from_json(item.names).in_(locale),
        "about": Text.from_json(item.about).in_(locale),
        "terms": {k: v for k, v in item.terms.items() if k != "url"},
        "price_points": item.price_points,
        "limit_each": item.limit_each,
        "in_stock": item.stock_left is None or item.stock_left > 0,
        "may_redeem": not reasons,
        "reasons": [{"code": reason.code, "text": reason.text} for reason in reasons],
    }


def reasons_against(
    item: Any,
    *,
    available: int,
    had: int,
    is_enrolled: bool,
    is_for_her: bool,
    locale: Locale,
) -> list[Reason]:
    """Why she cannot have it now; each in words."""
    found = []
    if not is_enrolled:
        found.append(Reason("not-enrolled", NOT_ENROLLED.in_(locale)))
    if not is_for_her:
        found.append(Reason("item-not-for-you", NOT_FOR_HER.in_(locale)))
    if item.limit_each is not None and had >= item.limit_each:
        found.append(Reason("redemption-limit-reached", HAD_ALL.in_(locale)))
    if item.stock_left == 0:
        found.append(Reason("out-of-stock", NONE_LEFT.in_(locale)))
    if available < item.price_points:
        missing = item.price_points - available
        found.append(Reason("not-enough-points", NOT_ENOUGH.format(missing=missing).in_(locale)))
    return found


def redemption_in_words(row: Any, *, locale: Locale) -> dict[str, Any]:
    """A redemption as its borrower reads it. A code is never in it: she fetches that."""
    state = State(row.state)
    return {
        "id": row.id,
        "item_id": row.item_id,
        "item_code": row.item_code,
        "kind": row.kind,
        "name": Text.from_json(row.names).in_(locale),
        "quantity": row.quantity,
        "points": row.points,
        "state": row.state,
        "state_text": STATES[state].in_(locale),
        "ending": None
        if row.ending is None
        else {"code": row.ending, "text": ENDINGS[Ending(row.ending)].in_(locale)},
        "tracking": row.tracking,
        # Where a lesson is, once it is hers.
        "url": row.terms.get("url") if state is State.COMPLETED else None,
        "requested_at": row.requested_at,
        "claim_until": row.deadline_at if state in (State.REQUESTED, State.CONFIRMED) else None,
    }
