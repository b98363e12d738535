"""How one thing differs from what is here. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.kit.predicates import escape

CHANGES_MAX = 50
ABSENT = "(absent)"


class State(StrEnum):
    """What an import does with a thing of the bundle."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WAITING = "waiting"  # written already, not yet published
    BY_HAND = "by_hand"  # has no drafts: left as it is
    REFUSED = "refused"


@dataclass(frozen=True)
class Change:
    """One place of a thing, with what is there and what the bundle says."""

    pointer: str
    before: Any
    after: Any


def list_changes(before: Any, after: Any) -> list[Change]:
    """The first fifty places that differ; a list that grew or shrank is one place for each."""
    found: list[Change] = []
    for change in _changes(before, after, ""):
        found.append(change)
        if len(found) == CHANGES_MAX:
            break
    return found


def _changes(before: Any, after: Any, at: str) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            inner = f"{at}/{escape(key)}"
            yield from _changes(before.get(key, ABSENT), after.get(key, ABSENT), inner)
    elif isinstance(before, list) and isinstance(after, list):
        for place in range(max(len(before), len(after))):
            old = before[place] if place < len(before) else ABSENT
            new = after[place] if place < len(after) else ABSENT
            yield from _changes(old, new, f"{at}/{place}")
    elif before != after or type(before) is not type(after):
        yield Change(at or "/", before, after)
