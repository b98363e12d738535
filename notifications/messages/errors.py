"""Refusals of messages."""

from backend.kit.problems import NotFound
from backend.kit.texts import Text


class MessageUnknown(NotFound):
    code = "message-unknown"
    title = Text("There is no such message.", "没有这条消息。")
