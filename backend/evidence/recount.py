"""The tree made again leaf by leaf: its root at any size, and its tiles as they fill up."""

from backend.evidence.merkle import EMPTY_ROOT, node_hash
from backend.evidence.tiles import TILE_BITS, TILE_BYTES, Place


class Recount:
    """Holds one hash for each complete subtree, so a log of any length fits in a page."""

    def __init__(self) -> None:
        self.size = 0
        self._subtrees: list[bytes] = []
        self._partial: dict[int, bytearray] = {}
        self._filled: list[tuple[Place, bytes]] = []

    def add(self, leaf_hash: bytes) -> None:
        """The next leaf."""
        found, bits = leaf_hash, 0
        self._put(0, found)
        while self.size >> bits & 1:
            found, bits = node_hash(self._subtrees.pop(), found), bits + 1
            if bits % TILE_BITS == 0:
                self._put(bits // TILE_BITS, found)
        self._subtrees.append(found)
        self.size += 1

    def root(self) -> bytes:
        """The root of all that was added."""
        if not self._subtrees:
            return EMPTY_ROOT
        *lefts, found = self._subtrees
        for left in reversed(lefts):
            found = node_hash(left, found)
        return found

    def take_filled(self) -> dict[Place, bytes]:
        """The tiles that became full since the last time."""
        filled, self._filled = dict(self._filled), []
        return filled

    def edge(self) -> dict[Place, bytes]:
        """The partial tiles."""
        return {
            Place(level, (self.size >> (TILE_BITS * level)) >> TILE_BITS): bytes(part)
            for level, part in self._partial.items()
            if part
        }

    def _put(self, level: int, found: bytes) -> None:
        part = self._partial.setdefault(level, bytearray())
        part += found
        if len(part) == TILE_BYTES:
            # Counted before this leaf: the tile that it fills.
            number = (self.size >> (TILE_BITS * level)) >> TILE_BITS
            self._filled.append((Place(level, number), bytes(part)))
            part.clear()
