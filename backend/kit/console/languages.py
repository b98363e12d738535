"""The language and the colours that a reader chose, in cookies; else what her browser asks for."""

from flask import g, request

from backend.kit.console.sessions import cookie_name
from backend.kit.http import locale
from backend.kit.texts import LOCALES, Text

LANGUAGE_COOKIE = "goodfaith_language"
THEME_COOKIE = "goodfaith_theme"
CHOICE_KEPT_SECONDS = 365 * 24 * 3600
THEMES = ("auto", "light", "dark")
LANGUAGE_NAMES: dict[str, str] = {"en": "English", "zh-CN": "中文"}


def use_chosen_language() -> None:
    """Answer this request in the language of the cookie, where there is one."""
    chosen = request.cookies.get(cookie_name(LANGUAGE_COOKIE))
    if chosen in LOCALES:
        g.locale = chosen


def theme() -> str:
    """The colours that were chosen."""
    chosen = request.cookies.get(cookie_name(THEME_COOKIE), "")
    return chosen if chosen in THEMES else "auto"


def told(value: object) -> str:
    """In the reader's language; what is no `Text` stands as it is, HTML that is safe as such."""
    if isinstance(value, Text):
        return value.in_(locale())
    return value if isinstance(value, str) else str(value)
