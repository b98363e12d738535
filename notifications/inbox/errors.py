"""Refusals of the inbox."""

from backend.kit.problems import NotFound
from backend.kit.texts import Text


class InboxItemUnknown(NotFound):
    code = "inbox-item-unknown"
    title = Text("There is no such message to you.", "没有发给您的这条消息。")
