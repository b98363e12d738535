"""All phrases of the lexicon, found in one pass over a text without what is between its letters."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ahocorasick import Automaton

from community.detectors.folding import Folded, fold

_LEXICON = Path(__file__).with_name("lexicon.toml")
# Where a sentence ends, no phrase goes on.
_BREAK = re.compile(r"[。！？；!?;\n]")
# Nor do two or three characters over a comma, where most of them meet by chance.
_PAUSE = re.compile(r"[。！？；，、!?;,\n]")
_SHORT_MAX = 3
_STRETCH_MAX = 4
_NOT = ".not"
_LATIN = re.compile("[a-z]")


@dataclass(frozen=True)
class Phrase:
    """A phrase of the lexicon, where it stands in the plain text."""

    tag: str
    text: str
    start: int
    end: int


def _entries(block: str) -> Iterator[str]:
    for line in block.split("\n"):
        yield from (line.split("|") if _LATIN.search(line) and "|" in line else line.split())


def _build(lexicon: Mapping[str, str]) -> Automaton:
    tags: dict[str, set[str]] = defaultdict(set)
    for tag, block in lexicon.items():
        for entry in _entries(block):
            squeezed = fold(entry).squeezed.text
            if squeezed:
                tags[squeezed].add(tag)
    automaton = Automaton()
    for squeezed, of in tags.items():
        automaton.add_word(squeezed, (squeezed, tuple(sorted(of))))
    automaton.make_automaton()
    return automaton


_AUTOMATON = _build(tomllib.loads(_LEXICON.read_text(encoding="utf-8")))


def find(folded: Folded) -> list[Phrase]:
    """Every phrase, in the order of their ends."""
    squeezed, text = folded.squeezed, folded.text
    found = []
    for last, (phrase, tags) in _AUTOMATON.iter(squeezed.text):
        start = squeezed.origin[last - len(phrase) + 1]
        end = squeezed.origin[last] + 1
        if end - start > len(phrase) and _is_torn(text[start:end], phrase):
            continue
        if _is_part_of_word(text, start, end, phrase):
            continue
        found += [Phrase(tag, phrase, start, end) for tag in tags]
    return _without_others(found)


def _without_others(found: list[Phrase]) -> list[Phrase]:
    """Those that are no part of a phrase which means something else."""
    others = [phrase for phrase in found if phrase.tag.endswith(_NOT)]
    spans = {
        (each.tag.removesuffix(_NOT), at) for each in others for at in range(each.start, each.end)
    }
    return [
        phrase
        for phrase in found
        if not phrase.tag.endswith(_NOT)
        and (phrase.tag.partition(".")[0], phrase.start) not in spans
        and (phrase.tag.partition(".")[0], phrase.end - 1) not in spans
    ]


def _is_torn(stretch: str, phrase: str) -> bool:
    ends = _BREAK if len(phrase) > _SHORT_MAX else _PAUSE
    return len(stretch) > _STRETCH_MAX * len(phrase) or ends.search(stretch) is not None


def _is_part_of_word(text: str, start: int, end: int, phrase: str) -> bool:
    begins = phrase[0].isascii() and start > 0 and _is_latin(text[start - 1])
    goes_on = phrase[-1].isascii() and end < len(text) and _is_latin(text[end])
    return begins or goes_on


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
