"""Digits however they are written, gathered into runs that one may have meant as one number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from community.detectors.folding import Folded

# Stands where a longer word for a digit stood, so that every index stays right.
_FILLER = "\x00"
_HANZI_DIGITS = "零〇○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺"
_HANZI = str.maketrans(_HANZI_DIGITS, "0001234567891234567891")
_SCRIPTS = {**dict.fromkeys("0123456789", 0), **dict.fromkeys(_HANZI_DIGITS, 1)}
# Written by ear. Only many in a row are taken for digits.
_HOMOPHONES = {
    **dict.fromkeys("灵铃林凌玲洞", "0"),
    **dict.fromkeys("伊衣依", "1"),
    **dict.fromkeys("儿尔耳", "2"),
    **dict.fromkeys("散伞仨", "3"),
    **dict.fromkeys("思死司丝", "4"),
    **dict.fromkeys("舞午吴武", "5"),
    **dict.fromkeys("留溜流刘", "6"),
    **dict.fromkeys("妻漆拐", "7"),
    **dict.fromkeys("爸吧巴叭", "8"),
    **dict.fromkeys("酒久勾", "9"),
}
_WORDS = {
    word: digit
    for row in (
        "zero one two three four five six seven eight nine",
        "ling yi er san si wu liu qi ba jiu",
        "oh yao",
        "nought",
    )
    for digit, word in zip("0123456789", row.split(), strict=False)
}
_TIMES = {"double": 2, "triple": 3}
_WORD = f"(?:(?:double|triple)[\\W_]{{1,3}})?(?:{'|'.join(_WORDS)}|[0-9])"
_SPOKEN = re.compile(rf"(?<![a-z0-9]){_WORD}(?:[\W_]{{0,3}}{_WORD}){{5,}}")
_SPOKEN_PART = re.compile(rf"(double|triple)|({'|'.join(_WORDS)})")
_BY_EAR = re.compile(
    rf"(?:[0-9{''.join(_HOMOPHONES)}][^\w]{{0,2}}){{9,}}[0-9{''.join(_HOMOPHONES)}]"
)
# O for nought and l for one, among digits.
_LETTERED = re.compile(r"(?<![a-z0-9])(?=[oli]?[0-9])[0-9oli](?:[ .\-]?[0-9oli]){8,18}(?![a-z0-9])")
_LETTERS = str.maketrans("oli", "011")
_LETTERED_DIGITS_MIN = 6
RUN_MIN = 7
_STARS = re.compile(r"\*{2,}")
_RUN = re.compile(r"[0-9](?:[^0-9a-z\u3400-\u9fff]{0,8}[0-9])*")
_DIGIT = re.compile("[0-9]")


@dataclass(frozen=True)
class Run:
    """Digits with nothing but separators between them. `at` holds the index of each."""

    digits: str
    at: list[int]
    text: str  # the view that the indices are of
    written: str  # the same before it was read as digits

    @property
    def start(self) -> int:
        """Where its first digit stands."""
        return self.at[0]

    def end(self, k: int) -> int:
        """Behind digit `k - 1`, with what is left of the word that it was."""
        end = self.at[k - 1] + 1
        while end < len(self.text) and self.text[end] == _FILLER:
            end += 1
        return end

    @cached_property
    def _starts(self) -> list[bool]:
        text, at = self.text, self.at
        return [True] + [text[n - 1] not in "0123456789" for n in at[1:]]

    @cached_property
    def _edges(self) -> list[bool]:
        scripts = [_SCRIPTS.get(self.written[n], 2) for n in self.at]
        return [begins or scripts[k] != scripts[k - 1] for k, begins in enumerate(self._starts)]

    def is_edge(self, k: int) -> bool:
        """Whether a group of digits, or another way of writing them, begins at digit `k`."""
        return k == len(self.at) or self._edges[k]

    def groups(self, start: int, end: int) -> list[int]:
        """Lengths of the groups from digit `start` to `end`."""
        edges = [k for k in range(start, end) if k == start or self._starts[k]] + [end]
        return [b - a for a, b in pairwise(edges)]

    def separators(self, start: int, end: int) -> str:
        """All that stands between them."""
        between = self.text[self.at[start] : self.at[end - 1]]
        return _DIGIT.sub("", between).replace(_FILLER, "")


@dataclass(frozen=True)
class Digital:
    """The plain text with every digit as one of 0-9."""

    text: str
    folded: Folded

    @cached_property
    def runs(self) -> list[Run]:
        """Every run that is long enough to reach or name somebody."""
        return list(_runs(self.text, self.folded.text))

    def is_disguised(self, start: int, end: int) -> bool:
        """Whether a digit in there was none before it was read as one."""
        return self.text[start:end] != self.folded.text[start:end]


def digital(folded: Folded) -> Digital:
    """Read words, hanzi, sounds and look-alikes as digits."""
    text = folded.text.translate(_HANZI)
    text = _SPOKEN.sub(_spoken, text)
    text = _BY_EAR.sub(_by_ear, text)
    text = _LETTERED.sub(_lettered, text)
    return Digital(_STARS.sub(lambda m: "x" * len(m[0]), text), folded)


def _spoken(match: re.Match[str]) -> str:
    times, pieces, last = 1, [], 0
    whole = match[0]
    if whole.isdecimal() or not re.search("[a-z]", whole):
        return whole
    for part in _SPOKEN_PART.finditer(whole):
        pieces.append(whole[last : part.start()])
        last = part.end()
        if part[1]:
            times = _TIMES[part[1]]
            pieces.append(_FILLER * len(part[0]))
            continue
        digits = _WORDS[part[2]] * times
        if len(digits) > len(part[2]):
            digits = digits[: len(part[2])]
        pieces.append(digits + _FILLER * (len(part[2]) - len(digits)))
        times = 1
    pieces.append(whole[last:])
    return "".join(pieces)


def _by_ear(match: re.Match[str]) -> str:
    return "".join(_HOMOPHONES.get(character, character) for character in match[0])


def _lettered(match: re.Match[str]) -> str:
    whole = match[0]
    if sum(character.isdecimal() for character in whole) < _LETTERED_DIGITS_MIN:
        return whole
    return whole.translate(_LETTERS)


def _runs(text: str, written: str) -> Iterator[Run]:
    for match in _RUN.finditer(text):
        if match.end() - match.start() >= RUN_MIN:
            at = [n for n, character in enumerate(match[0], match.start()) if character.isdecimal()]
            yield Run("".join([text[n] for n in at]), at, text, written)
