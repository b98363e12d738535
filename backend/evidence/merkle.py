"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1): pure, SHA-256, over leaf hashes.

Those that make a proof raise ValueError where there is none to make; those that verify answer
False to anything that does not prove it, whatever its shape. Indexes count from 0.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

HASH_BYTES = 32
LEAF_PREFIX, NODE_PREFIX = b"\x00", b"\x01"
EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """H(0x00 || data): no leaf can pass for a node."""
    return hashlib.sha256(LEAF_PREFIX + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """H(0x01 || left || right)."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than the size: how many leaves hang on the left."""
    return 1 << ((size - 1).bit_length() - 1)


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The Merkle Tree Hash; of no leaves the SHA-256 of nothing. Raises ValueError."""
    _check_hashes(leaf_hashes)
    return _root(leaf_hashes, 0, len(leaf_hashes)) if leaf_hashes else EMPTY_ROOT


def inclusion_proof(index: int, leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """PATH(index, D): the siblings from the leaf up to the root [RFC 9162 2.1.3.1]. ValueError."""
    _check_hashes(leaf_hashes)
    if not _is_whole(index) or not 0 <= index < len(leaf_hashes):
        message = f"there is no leaf {index!r} among {len(leaf_hashes)}"
        raise ValueError(message)
    return [_root(leaf_hashes, *part) for part in inclusion_parts(index, len(leaf_hashes))]


def consistency_proof(size1: int, leaf_hashes: Sequence[bytes]) -> list[bytes]:
    """PROOF(size1, D): that the first `size1` leaves are still the same [RFC 9162 2.1.4.1].

    Raises ValueError; from size 0 too, where RFC 9162 has none: everything grows out of nothing.
    """
    _check_hashes(leaf_hashes)
    if not _is_whole(size1) or not 0 < size1 <= len(leaf_hashes):
        message = f"no proof leads from size {size1!r} to {len(leaf_hashes)}"
        raise ValueError(message)
    return [_root(leaf_hashes, *part) for part in consistency_parts(size1, len(leaf_hashes))]


def inclusion_parts(index: int, size: int) -> list[tuple[int, int]]:
    """The leaves [start, end) under each hash of an inclusion proof, in the proof's order."""
    parts: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            parts.append((middle, end))
            end = middle
        else:
            parts.append((start, middle))
            start = middle
    return parts[::-1]


def consistency_parts(size1: int, size2: int) -> list[tuple[int, int]]:
    """The leaves [start, end) under each hash of a consistency proof, in the proof's order."""
    parts: list[tuple[int, int]] = []
    start, end, is_whole = 0, size2, True
    while size1 < end:
        middle = start + split(end - start)
        if size1 <= middle:
            parts.append((middle, end))
            end = middle
        else:
            parts.append((start, middle))
            start, is_whole = middle, False
    if not is_whole:
        parts.append((start, end))
    return parts[::-1]


def verify_inclusion(index: int, size: int, leaf_hash: bytes, proof: Any, root: bytes) -> bool:
    """Whether the leaf is at that place in the tree with that root [RFC 9162 2.1.3.2]."""
    if not (_is_whole(index) and _is_whole(size) and 0 <= index < size):
        return False
    if not (_is_proof(proof) and _is_hash(leaf_hash) and _is_hash(root)):
        return False
    node, last, found = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(size1: int, size2: int, proof: Any, root1: bytes, root2: bytes) -> bool:
    """Whether the second tree has the first as its beginning [RFC 9162 2.1.4.2].

    From size 0 nothing is proved, and that is False; equal sizes need equal roots and no proof.
    """
    if not (_is_whole(size1) and _is_whole(size2) and 0 < size1 <= size2):
        return False
    if not (_is_proof(proof) and _is_hash(root1) and _is_hash(root2)):
        return False
    if size1 == size2:
        return not proof and root1 == root2
    path = [root1, *proof] if size1 & (size1 - 1) == 0 else list(proof)
    if len(path) == 0:
        return False
    return _lead(size1, size2, path) == (root1, root2)


def _lead(size1: int, size2: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots that the path leads to; None where it is too short or too long for the sizes."""
    node, last = size1 - 1, size2 - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    return (first, second) if last == 0 else None


def _root(leaf_hashes: Sequence[bytes], start: int, end: int) -> bytes:
    """MTH of a part that begins where a subtree does: level by level, an odd one goes up as is."""
    level = list(leaf_hashes[start:end])
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [node_hash(left, right) for left, right in pairs]
        if len(level) & 1:
            above.append(level[-1])
        level = above
    return level[0]


def _check_hashes(leaf_hashes: Sequence[bytes]) -> None:
    if not all(map(_is_hash, leaf_hashes)):
        message = f"leaf hashes are {HASH_BYTES} bytes each"
        raise ValueError(message)


def _is_hash(value: Any) -> bool:
    return isinstance(value, bytes) and len(value) == HASH_BYTES


def _is_proof(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(map(_is_hash, value))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
