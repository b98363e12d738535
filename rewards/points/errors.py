"""Refusals of points."""

from typing import Any

from backend.kit.problems import Conflict
from backend.kit.texts import Text


class NotEnoughPoints(Conflict):
    code = "not-enough-points"
    title = Text("There are not enough points for that yet.", "积分还不够。")

    def __init__(self, *, balance: int, **context: Any) -> None:
        detail = Text(
            "You have {balance} points that you can use.", "您目前可用的积分为 {balance} 分。"
        )
        super().__init__(detail.format(balance=balance), balance=balance, **context)


class HoldEnded(Conflict):
    code = "hold-ended"
    title = Text("These points are no longer set aside.", "这些积分已不再为您预留。")


class EntryReversed(Conflict):
    code = "entry-reversed"
    title = Text("This entry has been undone already.", "该条积分记录已撤销。")


class EntryNotReversible(Conflict):
    code = "entry-not-reversible"
    title = Text("An entry of this kind cannot be undone.", "此类积分记录无法撤销。")


class AdjustmentDecided(Conflict):
    code = "adjustment-decided"
    title = Text("This adjustment has been decided already.", "该调整已有决定。")


class EarnRulesNotDraft(Conflict):
    code = "earn-rules-not-draft"
    title = Text("This version is published already.", "此版本已发布。")


class EarnRulesTooLate(Conflict):
    code = "earn-rules-too-late"
    title = Text(
        "Rules begin tomorrow at the earliest, and after those published before.",
        "规则最早从明天起生效，且须晚于已发布的规则。",
    )
