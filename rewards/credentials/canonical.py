"""The canonical form of a document [RDFC-1.0], within a bound of work that does not ask a clock.

To name blank nodes alike in all copies of a graph, the algorithm tries the orders of those that
look alike, and of what hangs on them: on a graph made for it, that takes for ever. PyLD has no
limit. Every such attempt begins in one method of its, and there we count: how many orders there are
to try, and how much is copied for each. An honest badge spends next to nothing.
"""

from collections.abc import Mapping
from math import factorial
from typing import Any

from pyld.canon import URDNA2015

from rewards.credentials.errors import UnreadableCredential
from rewards.credentials.linked_data import SHIPPED, Contexts, Dataset, statements_of

N_QUADS = {"format": "application/n-quads"}
BLANK_NODES_MAX = 40
WORK_MAX = 40_000  # some hundredths of a second


def canonical(document: Mapping[str, Any], *, contexts: Contexts = SHIPPED) -> bytes:
    """A document's statements, sorted, a line each. Refuses: UnreadableCredential."""
    return canonical_of(statements_of(document, contexts=contexts))


def canonical_of(dataset: Dataset) -> bytes:
    """The canonical form of statements. Refuses: UnreadableCredential (too tangled)."""
    if len(_blank_nodes(dataset)) > BLANK_NODES_MAX:
        raise _too_tangled()
    written: str = _Bounded().main(dataset, N_QUADS)
    return written.encode()


class _Bounded(URDNA2015):  # type: ignore[misc]  # PyLD is untyped
    """RDFC-1.0 of PyLD, which gives up after so much work."""

    def __init__(self) -> None:
        super().__init__()
        self._left = WORK_MAX

    def create_hash_to_related(self, id_: str, issuer: Any) -> Any:
        """As PyLD's: called once for each blank node that is looked at in depth."""
        related = super().create_hash_to_related(id_, issuer)
        # Each order copies the names given so far and walks through all that it orders.
        a_copy = len(issuer.order) + 1
        self._spend(len(self.blank_node_info[id_]["quads"]))
        for alike in related.values():
            self._spend(factorial(len(alike)) * (a_copy + len(alike)))
        return related

    def _spend(self, work: int) -> None:
        self._left -= work
        if self._left < 0:
            raise _too_tangled()


def _blank_nodes(dataset: Dataset) -> set[str]:
    found = {name for name in dataset if name.startswith("_:")}
    for statements in dataset.values():
        for each in statements:
            for part in (each["subject"], each["object"]):
                if part["type"] == "blank node":
                    found.add(part["value"])
    return found


def _too_tangled() -> UnreadableCredential:
    return UnreadableCredential.because(
        "too-tangled",
        "Too many of its parts have no id and look alike.",
        "其中没有 id 且彼此相似的部分过多。",
    )
