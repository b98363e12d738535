"""Refusals of log-in."""

from backend.kit.problems import NotFound, Unauthorized
from backend.kit.texts import Text


class SessionEnded(Unauthorized):
    code = "session-ended"
    title = Text("This session has ended. Please log in again.", "登录已失效，请重新登录。")


class SessionNotFound(NotFound):
    code = "session-not-found"
    title = Text("There is no such session.", "没有该登录会话。")
