"""Refusals of credentials."""

from backend.kit.problems import Invalid, NotFound, Problem, Reason, TooLarge, TooManyRequests
from backend.kit.texts import Text


class UnreadableCredential(Invalid):
    code = "unreadable-credential"
    title = Text("This cannot be read as a credential.", "无法将其读取为凭证。")

    @classmethod
    def because(cls, code: str, en: str, zh_cn: str) -> "UnreadableCredential":
        """The refusal with its one reason, which is its detail as well."""
        text = Text(en, zh_cn)
        return cls(text, reasons=[Reason(code, text)])


class CredentialTooLarge(TooLarge):
    code = "credential-too-large"
    title = Text("This is too large for a credential.", "该内容超出凭证的大小上限。")


class CredentialUnknown(NotFound):
    code = "credential-unknown"
    title = Text("There is no such credential.", "没有该凭证。")


class CredentialRevoked(Problem):
    status, code = 410, "credential-revoked"
    title = Text("This credential is valid no more.", "此凭证已失效。")


class ShareUnknown(NotFound):
    code = "credential-share-unknown"
    title = Text("This badge has no page that others can see.", "此徽章没有对外公开的页面。")


class TooManyCredentials(TooManyRequests):
    code = "too-many-credentials"
    title = Text(
        "You have had many credentials made today. Please come back tomorrow.",
        "您今天已申请多份凭证，请明天再试。",
    )
