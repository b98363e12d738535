"""Texts in the two languages that every reader can choose from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from babel.core import negotiate_locale

Locale = Literal["en", "zh-CN"]
LOCALES: tuple[Locale, ...] = ("en", "zh-CN")
DEFAULT_LOCALE: Locale = "en"


@dataclass(frozen=True)
class Text:
    """One sentence, said in each language."""

    en: str
    zh_cn: str

    def in_(self, locale: Locale) -> str:
        """The sentence in one language."""
        return self.zh_cn if locale == "zh-CN" else self.en

    def format(self, **values: object) -> "Text":
        """Both languages with the same values filled in."""
        return Text(self.en.format(**values), self.zh_cn.format(**values))

    def as_json(self) -> dict[str, str]:
        """`{"en": ..., "zh-CN": ...}`."""
        return {"en": self.en, "zh-CN": self.zh_cn}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> "Text":
        """The opposite of `as_json`."""
        return cls(en=value["en"], zh_cn=value["zh-CN"])


def pick_locale(accept_language: str | None) -> Locale | None:
    """The best language that a reader asked for, or None when she asked for neither.

    Any Chinese is answered in zh-CN, the only Chinese we write.
    """
    wanted = [tag for tag, _ in _ranked(accept_language or "")]
    aliases = {"zh": "zh-CN", "en": "en"}
    for tag in wanted:
        found = negotiate_locale([tag, tag.split("-")[0]], [*LOCALES, *aliases], sep="-")
        if found is not None:
            return "zh-CN" if aliases.get(found, found) == "zh-CN" else "en"
    return None


def _ranked(header: str) -> list[tuple[str, float]]:
    pairs = []
    for part in header.split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 0.0
        if tag and quality > 0:
            pairs.append((tag.strip(), quality))
    return sorted(pairs, key=lambda pair: -pair[1])
