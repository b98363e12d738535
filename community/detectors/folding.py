"""One text made plain, with the way back: what looks the same reads the same.

NFKC, lower case, simplified characters; letters that pass for Latin ones; emoji that are letters or
digits; nothing that nobody sees.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from opencc import OpenCC

# Letters of other scripts that are drawn as Latin ones (Unicode TS 39), after lower-casing.
_LOOKALIKES = dict(
    zip(
        "авеіјкмнорсѕтухһԁԛԝɡıɩαβεικνορτυχγοοℓ",
        "abeijkmhopcstyxhdqwgiiabeiknoptuxyool",
        strict=True,
    )
)
_SQUARED_A, _SQUARED_Z = 0x1F170, 0x1F189
_FLAG_A, _FLAG_Z = 0x1F1E6, 0x1F1FF
_UNSEEN = frozenset({"Cf", "Mn", "Me", "Cc"})
_KEPT_CONTROLS = "\n\t\r"
_CACHE_MAX = 20_000
_SEPARATORS = re.compile(r"[\W_]+")

_simplified = OpenCC("t2s")


def _plain(character: str) -> str:
    """What one character reads as: nothing, one character, or a few."""
    code = ord(character)
    if _SQUARED_A <= code <= _SQUARED_Z:
        return chr(ord("a") + code - _SQUARED_A)
    if _FLAG_A <= code <= _FLAG_Z:
        return chr(ord("a") + code - _FLAG_A)
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    parts = (
        _LOOKALIKES.get(part, part)
        for part in unicodedata.normalize("NFKC", character).lower()
        if part in _KEPT_CONTROLS or unicodedata.category(part) not in _UNSEEN
    )
    return "".join(parts)


class _Plain(dict[str, str]):
    """Remembers what characters read as; a flood of rare ones does not fill the memory."""

    def __missing__(self, character: str) -> str:
        plain = _plain(character)
        if len(self) < _CACHE_MAX:
            self[character] = plain
        return plain


_PLAIN = _Plain()


@dataclass(frozen=True)
class View:
    """A text derived from the writer's, and of each character the index of hers."""

    text: str
    origin: "range | list[int]"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `start` to `end` of this view stands in the writer's text."""
        return self.origin[start], self.origin[end - 1] + 1


@dataclass(frozen=True)
class Folded(View):
    """The plain text. `squeezed` is it without anything between its letters and digits."""

    @cached_property
    def squeezed(self) -> View:
        """Letters and digits alone; its origin is an index into this view, not the writer's."""
        origin = [n for n, character in enumerate(self.text) if character.isalnum()]
        return View("".join([self.text[n] for n in origin]), origin)


def simplified(text: str) -> str:
    """Traditional characters as simplified ones, one for one."""
    converted: str = _simplified.convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(_one_for_one(character) for character in text)


def _one_for_one(character: str) -> str:
    converted: str = _simplified.convert(character)
    return converted if len(converted) == 1 else character


def fold(text: str) -> Folded:
    """The plain view of a text."""
    plain = [_PLAIN[character] for character in text]
    folded = "".join(plain)
    if len(folded) == len(text) and all(plain):
        return Folded(simplified(folded), range(len(text)))
    origin = [n for n, parts in enumerate(plain) for _ in parts]
    return Folded(simplified(folded), origin)


def normalised(folded: Folded) -> str:
    """The form that is compared and kept: words one blank apart, nothing else between them."""
    return _SEPARATORS.sub(" ", folded.text).strip()
