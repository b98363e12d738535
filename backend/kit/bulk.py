"""Storing many rows at once, with an outcome for each."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar
from uuid import UUID

from backend.kit.problems import Problem

Status = Literal["stored", "unchanged", "refused"]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row. A refused one carries its problem; `created`: it was not there."""

    status: Status
    id: UUID | None = None
    problem: Problem | None = None
    created: bool = False

    @classmethod
    def refused(cls, problem: Problem) -> "Outcome":
        """Not stored, for this reason."""
        return cls("refused", problem=problem)

    def unwrap(self) -> "Outcome":
        """Itself, or its problem raised: for a caller that stores a single row."""
        if self.problem is not None:
            raise self.problem
        return self


def without_repeats(rows: Sequence[Row], *, key: Callable[[Row], Hashable]) -> Iterator[list[int]]:
    """Positions in passes: no key twice within one pass, and equal keys in their order.

    One statement cannot store a key twice; nearly always there is a single pass.
    """
    waiting = list(range(len(rows)))
    while waiting:
        seen: set[Hashable] = set()
        now: list[int] = []
        later: list[int] = []
        for place in waiting:
            name = key(rows[place])
            (later if name in seen else now).append(place)
            seen.add(name)
        yield now
        waiting = later
