"""Refusals of members."""

from backend.kit.problems import Conflict, NotFound, TooManyRequests
from backend.kit.texts import Text


class MemberUnknown(NotFound):
    """Nobody has this handle."""

    code = "member-unknown"
    title = Text("Nobody here has this name.", "这里没有叫这个名字的成员。")


class HandleTooYoung(TooManyRequests):
    """Another name may be drawn every 90 days."""

    code = "handle-too-young"
    title = Text(
        "A new name can be drawn every 90 days. Please come back later.",
        "每 90 天可更换一次名字，请稍后再来。",
    )


class OwnHandle(Conflict):
    """She tried to block herself."""

    code = "own-handle"
    title = Text("This is you.", "这是您自己。")


class TooManyBlocks(Conflict):
    """More blocks than anyone needs."""

    code = "too-many-blocks"
    title = Text("Your list of blocked members is full.", "您的屏蔽名单已满。")
