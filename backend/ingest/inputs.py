"""What a batch is made of, once it is read."""

from typing import Any, NamedTuple

from backend.kit.problems import Problem


class Line(NamedTuple):
    """A checked row of some kind, or the reason why it is none."""

    number: int
    kind: str
    row: dict[str, Any]
    problem: Problem | None = None
