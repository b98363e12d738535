"""Finds what threatens, shames, feigns authority or drags others in. Pure."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from backend.kit.texts import Text
from backend.kit.wording.folding import Folded, fold

FOLDER = Path(__file__).parent
DENIAL_REACH = 60  # characters before a phrase in which something may take it back


class Category(StrEnum):
    """What is wrong with a phrase."""

    THREAT = "threat"
    SHAME = "shame"
    FALSE_AUTHORITY = "false_authority"
    THIRD_PARTY = "third_party"


CATEGORY_TEXTS = {
    Category.THREAT: Text("threatens", "带有威胁"),
    Category.SHAME: Text("shames", "使人难堪"),
    Category.FALSE_AUTHORITY: Text("claims an authority that we do not have", "冒用权威"),
    Category.THIRD_PARTY: Text("drags in other people", "牵涉他人"),
}


@dataclass(frozen=True)
class Finding:
    """A phrase, as code points `[start, end)` of the text, and what to say in its place."""

    category: Category
    phrase: str
    start: int
    end: int
    better: str

    @property
    def members(self) -> dict[str, Any]:
        """What a machine is told of it."""
        return {
            "category": str(self.category),
            "phrase": self.phrase,
            "start": self.start,
            "end": self.end,
            "better": self.better,
        }

    @property
    def detail(self) -> Text:
        """What a writer is told."""
        why = CATEGORY_TEXTS[self.category]
        return Text(
            f"“{self.phrase}” {why.en}. Better: {self.better}",
            f"“{self.phrase}”{why.zh_cn}。建议改为：{self.better}",
        )


@dataclass(frozen=True)
class _Phrase:
    category: Category
    pattern: re.Pattern[str]
    better: str


@dataclass(frozen=True)
class _Language:
    phrases: Sequence[_Phrase]
    denial: re.Pattern[str]
    provoked: re.Pattern[str]


def _read(name: str) -> _Language:
    told = tomllib.loads((FOLDER / f"phrases_{name}.toml").read_text(encoding="utf-8"))

    def compiled(pattern: str) -> re.Pattern[str]:
        for word, group in told["words"].items():
            pattern = pattern.replace(f"<{word}>", f"(?:{'|'.join(group)})")
        return re.compile(pattern)

    phrases = [
        _Phrase(Category(each["category"]), compiled("|".join(each["patterns"])), each["better"])
        for each in told["phrases"]
    ]
    return _Language(phrases, compiled(told["denial"]), compiled(told["provoked"]))


LANGUAGES = (_read("en"), _read("zh_cn"))
# Nobody is shamed by its denial: "you are no thief" still says thief.
_DENIABLE = frozenset({Category.THREAT, Category.FALSE_AUTHORITY, Category.THIRD_PARTY})


def find_unkind(text: str) -> list[Finding]:
    """Every such phrase in a text, by its place; of those that overlap the longest."""
    folded = fold(text)
    found = sorted(_find(text, folded), key=lambda each: (each.start, -each.end))
    kept: list[Finding] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def _find(text: str, folded: Folded) -> Iterator[Finding]:
    for language in LANGUAGES:
        for phrase in language.phrases:
            for match in phrase.pattern.finditer(folded.text):
                if phrase.category in _DENIABLE and _is_denied(language, folded.text, match):
                    continue
                start, end = folded.span(*match.span())
                yield Finding(phrase.category, text[start:end], start, end, phrase.better)


def _is_denied(language: _Language, text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - DENIAL_REACH) : match.start()]
    # A pattern may begin with the verb that the denial governs: "will sue" after "nobody ".
    said = before if before.endswith(" ") or not before[-1:].isascii() else before + " "
    if language.provoked.search(said):
        return False
    return bool(language.denial.search(said))
