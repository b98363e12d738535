"""Refusals of cases."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class CaseUnknown(NotFound):
    code = "case-unknown"
    title = Text("There is no such case.", "没有这个案件。")


class QueueUnknown(NotFound):
    code = "queue-unknown"
    title = Text("There is no such queue.", "没有这个队列。")


class CaseMoved(Conflict):
    """`decision`: the one that won, where the case was decided meanwhile."""

    code = "case-moved"
    title = Text(
        "This case is no longer yours: take the next one.", "该案件已不在您手中，请处理下一个。"
    )


class CaseChanged(Conflict):
    """`version` and `content_hash`: what stands there now."""

    code = "case-changed"
    title = Text(
        "The text was changed since you read it. Read it again.",
        "内容在您阅读后已更改，请重新阅读。",
    )


class CrisisLoadReached(Conflict):
    code = "crisis-load-reached"
    title = Text(
        "You have looked after enough people in need for one shift. Others take over.",
        "本班次您已处理足够多的危机案件，其他同事会接手。",
    )
