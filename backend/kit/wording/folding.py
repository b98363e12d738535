"""A text as it is read rather than as it is typed, with the way back to what was typed."""

import re
import unicodedata
from dataclasses import dataclass

# Letters of other alphabets that look like Latin ones.
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁαοε\u2018\u2019",
    "aeopcyxijsdaoe''",
)
_DIGITS = str.maketrans("0134@$", "oieaas")
# Traditional characters of the phrases we look for.
_SIMPLIFIED = str.maketrans(
    "訴壞單債賴錢還門緩執凍結產會將親屬導員絡聯鄰鄉獄監關報點後負見臉恥騙罪強劃權發進們這樣"
    "話對應黨據續長協給貸帳賬欠項戶學敗嚴責檢閱爛廢費現紅齡",
    "诉坏单债赖钱还门缓执冻结产会将亲属导员络联邻乡狱监关报点后负见脸耻骗罪强划权发进们这样"
    "话对应党据续长协给贷账账欠项户学败严责检阅烂废费现红龄",
)
_CJK = re.compile(r"[\u3400-\u9fff]")
_SLIPPED = re.compile(r"[\s.*·•_~|/+^=#@$%&\\\-]+")
_SPELLED = re.compile(r"(?<![a-z])(?:[a-z][\s.*_\-]){2,}[a-z](?![a-z])")


@dataclass(frozen=True)
class Folded:
    """`places[n]` is where the sign `n` of the folded text stands in the given one."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of the given text that a part of the folded one came from."""
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """Width, case and look-alikes are levelled; what was slipped between signs is gone."""
    signs: list[tuple[str, int]] = []
    for place, sign in enumerate(text):
        for plain in unicodedata.normalize("NFKD", sign).casefold():
            if unicodedata.category(plain) not in ("Cf", "Mn", "Me", "Cc") or plain == "\n":
                signs.append((plain.translate(_LOOK_ALIKES).translate(_SIMPLIFIED), place))
    return _drop_spelling(_drop_slipped(_level_digits(signs)))


def _level_digits(signs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """A digit between letters is the letter that it looks like."""
    levelled = list(signs)
    for n in range(1, len(signs) - 1):
        around = signs[n - 1][0] + signs[n + 1][0]
        if around.isascii() and around.isalpha():
            levelled[n] = (signs[n][0].translate(_DIGITS), signs[n][1])
    return levelled


def _drop_slipped(signs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Blanks and dots between two Chinese characters go; runs of blanks elsewhere become one."""
    text = "".join(sign for sign, _ in signs)
    kept, last = [], 0
    for run in _SLIPPED.finditer(text):
        start, end = run.span()
        kept += signs[last:start]
        is_inside = start > 0 and end < len(text)
        if not (is_inside and _CJK.match(text[start - 1]) and _CJK.match(text[end])):
            kept += [(" ", signs[start][1])] if run.group().isspace() else signs[start:end]
        last = end
    return kept + signs[last:]


def _drop_spelling(signs: list[tuple[str, int]]) -> Folded:
    """`s u e` and `j.a.i.l` are read as one word."""
    text = "".join(sign for sign, _ in signs)
    dropped = {
        run.start() + n
        for run in _SPELLED.finditer(text)
        for n, sign in enumerate(run.group())
        if not sign.isalpha()
    }
    kept = [pair for n, pair in enumerate(signs) if n not in dropped]
    return Folded("".join(sign for sign, _ in kept), tuple(place for _, place in kept))
