"""Graphs whose canonical form would take for ever: blank nodes that look alike, in several shapes.

Each is within the limits of size, depth and number of blank nodes.
"""

from collections.abc import Callable, Iterable
from typing import Any

Edges = Iterable[tuple[int, int]]


def _linked(edges: Edges) -> dict[str, Any]:
    """Blank nodes by name, each linked to others by `evidence`."""
    targets: dict[int, list[dict[str, str]]] = {}
    for source, target in edges:
        targets.setdefault(source, []).append({"id": f"_:n{target}"})
    nodes = [{"id": f"_:n{source}", "related": found} for source, found in targets.items()]
    return _achieved([{**each, "type": "Achievement"} for each in nodes])


def _achieved(achievement: Any) -> dict[str, Any]:
    return {
        "id": "urn:x:tangled",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "credentialSubject": {"type": "AchievementSubject", "achievement": achievement},
    }


def all_to_all(count: int) -> dict[str, Any]:
    return _linked((a, b) for a in range(count) for b in range(count) if a != b)


def ring(count: int, *steps: int) -> dict[str, Any]:
    return _linked((a, (a + step) % count) for a in range(count) for step in steps)


def tree(levels: int, arms: int) -> dict[str, Any]:
    """Without any name: what JSON nests hangs together too."""
    node: dict[str, Any] = {"type": "Achievement"}
    for _ in range(levels):
        node = {"type": "Achievement", "related": [dict(node) for _ in range(arms)]}
    return _achieved([node, node])


TANGLES: dict[str, Callable[[], dict[str, Any]]] = {
    "eight that all point at each other": lambda: all_to_all(8),
    "six that all point at each other": lambda: all_to_all(6),
    "a ring with steps": lambda: ring(30, 1, 2, 5),
    "a ring both ways": lambda: ring(38, 1, 37),
    "many children of parents that look alike": lambda: tree(1, 12),
    "a tree of threes": lambda: tree(2, 4),
    "more than may be": lambda: ring(60, 1),
}
