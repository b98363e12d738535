"""What a text is found by: English words as PostgreSQL stems them, Chinese by pairs of characters.

Nothing here depends on a word list of Chinese or on the database's locale.
"""

import re
import unicodedata
from dataclasses import dataclass

# Han characters with their extensions; PostgreSQL's own parser would take a whole run for one word.
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]+")
WORD = re.compile(r"[a-z0-9]+")
WORDS_MAX = 2_000
WANTED_MAX = 40
# A lexeme of one character stands for itself; no word of a text begins like this.
PAIR = "="


@dataclass(frozen=True)
class Terms:
    """English words in one text, and pairs of Han characters."""

    words: str
    pairs: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be looked for."""
        return not self.words and not self.pairs


def terms_of(text: str) -> Terms:
    """All that a text can be found by."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    pairs: dict[str, None] = {}
    for run in HAN.findall(folded):
        pairs |= dict.fromkeys(PAIR + run[at : at + 2] for at in range(len(run)))
    return Terms(" ".join(WORD.findall(folded)[:WORDS_MAX]), tuple(pairs))


def wanted(text: str) -> Terms:
    """What a reader looks for: every character once, the last perhaps twice.

    Pairs that overlap come together anyway; the database would take each for a rarity of its own,
    and sort a hundred thousand posts where it could have read the newest.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    pairs: dict[str, None] = {}
    for run in HAN.findall(folded):
        starts = [*range(0, len(run) - 1, 2), max(len(run) - 2, 0)]
        pairs |= dict.fromkeys(PAIR + run[at : at + 2] for at in starts)
    words = WORD.findall(folded)[:WANTED_MAX]
    return Terms(" ".join(words), tuple(list(pairs)[:WANTED_MAX]))
