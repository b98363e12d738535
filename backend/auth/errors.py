"""Refusals of log-in."""

from backend.kit.problems import NotFound, Unauthorized, Unavailable
from backend.kit.texts import Text


class SessionEnded(Unauthorized):
    code = "session-ended"
    title = Text("This session has ended. Please log in again.", "登录已失效，请重新登录。")


class SessionNotFound(NotFound):
    code = "session-not-found"
    title = Text("There is no such session.", "没有该登录会话。")


class OidcNotConfigured(NotFound):
    code = "oidc-not-configured"
    title = Text("Single sign-on is not set up here.", "此处未启用单点登录。")


class ProviderAway(Unavailable):
    code = "sso-provider-away"
    title = Text(
        "The sign-on provider does not answer. Please try again in a moment.",
        "单点登录服务暂无响应，请稍后再试。",
    )
