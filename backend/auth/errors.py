"""Refusals of log-in."""

from backend.kit.problems import Conflict, Forbidden, NotFound, TooManyRequests, Unauthorized
from backend.kit.texts import Text


class SessionEnded(Unauthorized):
    code = "session-ended"
    title = Text("This session has ended. Please log in again.", "登录已失效，请重新登录。")


class SessionNotFound(NotFound):
    code = "session-not-found"
    title = Text("There is no such session.", "没有该登录会话。")


class CodeNotAccepted(Forbidden):
    """Wrong, late, used, tried too often, of no challenge or of nobody: the answer is the same."""

    code = "code-not-accepted"
    title = Text(
        "This code was not accepted. You can ask for a new one.",
        "验证码未通过，您可以重新获取。",
    )


class WhichBorrower(Conflict):
    code = "which-borrower"
    title = Text(
        "Several people use this number. Please add your date of birth (born_on).",
        "多位用户使用此号码，请补充您的出生日期（born_on）。",
    )


class TooManyCodes(TooManyRequests):
    code = "too-many-codes"
    title = Text(
        "Codes were asked for several times. Please wait a while and try again.",
        "获取验证码次数较多，请稍后再试。",
    )
