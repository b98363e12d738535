"""The refusals of consents."""

from backend.kit.problems import Conflict
from backend.kit.texts import Text


class ConsentVersionOutdated(Conflict):
    code = "consent-version-outdated"
    title = Text(
        "The wording has changed. Please read the current version first.",
        "授权内容已更新，请先阅读当前版本。",
    )
