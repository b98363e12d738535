"""Refusals of sanctions."""

from backend.kit.problems import Forbidden
from backend.kit.texts import Text


class MayNotWrite(Forbidden):
    """`until`: from when she may again, none where that is open."""

    code = "community-muted"
    title = Text(
        "You cannot write in the community at the moment. The reason is under your community page.",
        "您暂时不能在社区发言，原因请见您的社区页面。",
    )


class MayNotReact(Forbidden):
    """`until`: from when she may again, none where that is open."""

    code = "community-suspended"
    title = Text(
        "You can only read here at the moment. The reason is under your community page.",
        "您暂时只能浏览社区，原因请见您的社区页面。",
    )
