"""Where rules found something in a text, as pieces to show one after the other. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class Piece:
    """A stretch of text. `marks`: the findings that it belongs to; `ends`: those it closes.

    A finding goes by its place in the list, from 1.
    """

    text: str
    marks: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    is_certain: bool = False


@dataclass(frozen=True)
class Pieces:
    """A title and a body, each in pieces that make it up without a gap."""

    title: tuple[Piece, ...]
    body: tuple[Piece, ...]


def cut(*, title: str, body: str, findings: Sequence[dict[str, Any]]) -> Pieces:
    """Cut where a finding begins or ends; offsets are code points of title, line end and body."""
    whole, start_of_body = f"{title}\n{body}", len(title) + 1
    places = {0, len(title), start_of_body, len(whole)}
    for each in findings:
        places |= {min(max(each["start"], 0), len(whole)), min(max(each["end"], 0), len(whole))}
    edges = sorted(places)
    pieces = [
        (start, _piece(whole[start:end], start, end, findings)) for start, end in pairwise(edges)
    ]
    return Pieces(
        title=tuple(piece for start, piece in pieces if start < len(title)),
        body=tuple(piece for start, piece in pieces if start >= start_of_body),
    )


def _piece(text: str, start: int, end: int, findings: Sequence[dict[str, Any]]) -> Piece:
    over = [
        (number, each)
        for number, each in enumerate(findings, start=1)
        if each["start"] <= start and end <= each["end"]
    ]
    return Piece(
        text,
        marks=tuple(number for number, _ in over),
        ends=tuple(number for number, each in over if each["end"] == end),
        is_certain=any(each["certainty"] == "certain" for _, each in over),
    )
