"""How alike two texts are, and keys by which alike ones are found among many.

A text is the set of its character triples, digits alike and nothing between letters, so that
another number at its end, other spaces or emoji change little. Keys are MinHash bands [Broder 1997]
from one permutation, densified by rotation [Shrivastava and Li 2014]: two texts of likeness 0.8
share a key nearly always, two of 0.2 hardly ever.
"""

import re
from hashlib import blake2b

from community.detectors.folding import fold

# Two texts this alike are the same, said by different accounts or again.
ALIKE_MIN = 0.7
BANDS, ROWS = 16, 4
_SHINGLE, _SHINGLES_MIN = 3, 18
_BINS = BANDS * ROWS
_DIGITS = re.compile("[0-9]")


def shingles(text: str) -> frozenset[str]:
    """What a text is compared by; nothing for one that is too short to say whose it is."""
    squeezed = _DIGITS.sub("0", fold(text).squeezed.text)
    found = frozenset(squeezed[n : n + _SHINGLE] for n in range(len(squeezed) - _SHINGLE + 1))
    return found if len(found) >= _SHINGLES_MIN else frozenset()


def likeness(one: str, other: str) -> float:
    """From 0, nothing in common, to 1: the share of their triples that both have."""
    left, right = shingles(one), shingles(other)
    together = len(left | right)
    return len(left & right) / together if together else 0.0


def fingerprint(text: str) -> tuple[int, ...]:
    """One 64-bit signed key a band; none for a short text."""
    least: list[int | None] = [None] * _BINS
    for shingle in shingles(text):
        value = int.from_bytes(blake2b(shingle.encode(), digest_size=8).digest())
        place, rest = value % _BINS, value // _BINS
        before = least[place]
        if before is None or rest < before:
            least[place] = rest
    if all(value is None for value in least):
        return ()
    filled = _densified(least)
    return tuple(_key(band, filled[band * ROWS : (band + 1) * ROWS]) for band in range(BANDS))


def _densified(least: list[int | None]) -> list[int]:
    """An empty bin borrows from the next that is not, and remembers how far that was."""
    filled = []
    for place in range(_BINS):
        away = next(n for n in range(_BINS) if least[(place + n) % _BINS] is not None)
        borrowed = least[(place + away) % _BINS]
        filled.append((borrowed or 0) * _BINS + away)
    return filled


def _key(band: int, rows: list[int]) -> int:
    digest = blake2b(f"{band}:{rows}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
