"""Texts that we wrote and labelled: half of what is to be found hides itself."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CLEAN = "clean"


@dataclass(frozen=True)
class Labelled:
    """A text, and the kind of what is in it."""

    label: str
    text: str


def read(name: str) -> list[Labelled]:
    """One file of them. `\\u200b` is written out, since nobody would see it."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t", 1) for line in lines if line)
    return [Labelled(label, text.replace("\\u200b", "\u200b")) for label, text in pairs]


PERSONAL = read("personal.tsv")
SPEECH = read("speech.tsv")
