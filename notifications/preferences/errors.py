"""Refusals of preferences."""

from backend.kit.problems import Conflict
from backend.kit.texts import Text


class SecurityAlwaysSent(Conflict):
    code = "security-always-sent"
    title = Text(
        "Messages that protect your account are always sent.", "保护您账户安全的消息会始终发送。"
    )
