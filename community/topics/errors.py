"""Refusals of topics."""

from backend.kit.problems import NotFound
from backend.kit.texts import Text


class TopicUnknown(NotFound):
    """No topic of ours."""

    code = "topic-unknown"
    title = Text("There is no such topic.", "没有这个话题。")
