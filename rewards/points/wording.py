"""What the history of points says to the borrower: kindly, and why."""

from collections.abc import Mapping
from typing import Any

from backend.kit.texts import Locale, Text
from rewards.points.rules import Kind

_BY_CAUSE: Mapping[str, Text] = {
    "early": Text(
        "Instalment {number}, due on {due_on}, was paid ahead of time.",
        "第 {number} 期（{due_on} 到期）已提前还款。",
    ),
    "cured": Text(
        "You brought your loan back up to date. Well done.", "您的借款已恢复正常，做得很好。"
    ),
    "asked_first": Text(
        "You asked for a plan in good time, and kept its first instalment.",
        "您及时申请了还款方案，并按约完成了第一期。",
    ),
    "asked_first_undone": Text(
        "The first instalment of your plan did not go through after all.",
        "您方案的第一期付款最终未能成功。",
    ),
    "referral": Text(
        "Somebody whom you invited has made a good start.", "您邀请的朋友有了一个好的开始。"
    ),
    "referral_promised": Text(
        "Somebody accepted your invitation; these points wait for a first due date kept.",
        "有朋友接受了您的邀请，这些积分待其首次按时还款后到账。",
    ),
    "referral_undone": Text(
        "An invitation of yours did not come to anything after all.",
        "您的一次邀请最终未能成立。",
    ),
    "redemption": Text(
        "For something that you chose from the catalogue.", "用于您在目录中选择的项目。"
    ),
    "redemption_returned": Text(
        "What you had chosen from the catalogue was given back.", "您在目录中选择的项目已退回。"
    ),
    "helpful_answer": Text("An answer of yours helped somebody.", "您的回答帮助了他人。"),
    "payment_reversed": Text(
        "A payment did not go through after all, so what it had earned went back.",
        "有一笔付款最终未能成功，由它获得的积分已退回。",
    ),
    "record_changed": Text(
        "The records of your loan were corrected, and your points with them.",
        "您的借款记录已更正，积分也随之调整。",
    ),
    "hold_overdue": Text(
        "The time for these points, which were set aside, ran out: they are yours to use again.",
        "预留时间已过，这些积分已重新归您使用。",
    ),
    "expiry": Text("These points could be used until {on}.", "这些积分的有效期截至 {on}。"),
}
_ON_TIME = Text(
    "Instalment {number}, due on {due_on}, was paid on time.",
    "第 {number} 期（{due_on} 到期）已按时还款。",
)
_ON_TIME_MONTH = Text("What was due in {month} was paid on time.", "{month} 的应还款项已按时还清。")
_GIVEN = Text("Our team gave you these points.", "我们的工作人员为您增加了这些积分。")
_CORRECTED = Text("Our team corrected your points.", "我们的工作人员更正了您的积分。")
_BY_KIND: Mapping[Kind, Text] = {
    Kind.EARNED: Text("You earned these points.", "您获得了这些积分。"),
    Kind.PENDING: Text("These points are on their way to you.", "这些积分即将到账。"),
    Kind.MADE_AVAILABLE: Text("These points are yours to use now.", "这些积分现在可以使用了。"),
    Kind.SPENT: Text("You used these points.", "您使用了这些积分。"),
    Kind.HELD: Text("These points are set aside for you.", "这些积分已为您预留。"),
    Kind.CAPTURED: Text("Points that were set aside were used.", "预留的积分已使用。"),
    Kind.RELEASED: Text(
        "Points that were set aside are yours to use again.", "预留的积分已重新归您使用。"
    ),
    Kind.EXPIRED: Text("These points reached their last day.", "这些积分已到期。"),
    Kind.TAKEN_BACK: Text("These points went back.", "这些积分已退回。"),
    Kind.RESTORED: Text(
        "Points that you had used came back to you, with their days.",
        "您用过的积分已退还给您，有效期不变。",
    ),
    Kind.FORFEITED: Text("These points were withdrawn.", "这些积分已被收回。"),
    Kind.ADJUSTED: _CORRECTED,
}


def in_words(entry: Any, *, locale: Locale) -> dict[str, Any]:
    """An entry as she reads it."""
    return {
        "kind": entry.kind,
        "points": entry.points,
        "occurred_at": entry.occurred_at,
        "cause": {
            "type": entry.cause_type,
            "id": entry.cause_id,
            "text": _text(entry).in_(locale),
        },
    }


def _text(entry: Any) -> Text:
    """Whoever causes an entry may bring a text; else its cause says it, else its kind."""
    brought = entry.details.get("text")
    if brought is not None:
        return Text.from_json(brought)
    if entry.cause_type == "on_time":
        found = _ON_TIME if "number" in entry.details else _ON_TIME_MONTH
    elif entry.cause_type == "adjustment":
        found = _GIVEN if entry.points > 0 else _CORRECTED
    else:
        found = _BY_CAUSE.get(entry.cause_type) or _BY_KIND[Kind(entry.kind)]
    return found.format(**entry.details)
