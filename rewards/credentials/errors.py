"""Refusals of credentials."""

from backend.kit.problems import Invalid, Reason, TooLarge
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
