"""The tree kept as tiles of 256 hashes [c2sp.org/tlog-tiles]: growing it, its root, its proofs.

A tile (level, number) holds the hashes of subtrees of 256**level leaves, as bytes one after
another; the rightmost of a level may be partial, and only full ones are hashed into the level
above. Nothing here reads or writes: whoever asks brings the tiles.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from backend.evidence.merkle import EMPTY_ROOT, HASH_BYTES, node_hash

TILE_BITS = 8
TILE_WIDTH = 1 << TILE_BITS
TILE_BYTES = TILE_WIDTH * HASH_BYTES
LEVEL_MAX = 63
_LEVEL = re.compile(r"0|[1-9][0-9]?")
_NUMBER = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_ELEMENT = 1_000
# Six elements and a width: beyond them no tile exists, nor a bigint that could name it.
_ELEMENTS_MAX, _LENGTH_MAX = 6, 34


class Place(NamedTuple):
    """Which tile."""

    level: int
    number: int


class Named(NamedTuple):
    """A tile by its address; `width` is 256 for a full one."""

    place: Place
    width: int


class BrokenError(RuntimeError):
    """The tiles do not make the tree that they should; the message says where."""


def path_of(place: Place, *, width: int = TILE_WIDTH) -> str:
    """`<L>/<N>[.p/<W>]`, such as `0/x001/x234/067.p/8`."""
    rest, last = divmod(place.number, _ELEMENT)
    path = f"{last:03}"
    while rest:
        rest, element = divmod(rest, _ELEMENT)
        path = f"x{element:03}/{path}"
    return f"{place.level}/{path}" + ("" if width == TILE_WIDTH else f".p/{width}")


def read_path(level: str, rest: str) -> Named | None:
    """The tile that an address names; None unless it is written in the one right way."""
    found = _NUMBER.fullmatch(rest) if len(rest) <= _LENGTH_MAX else None
    if found is None or _LEVEL.fullmatch(level) is None or int(level) > LEVEL_MAX:
        return None
    if found[1].count("/") >= _ELEMENTS_MAX:
        return None
    place = Place(int(level), int(found[1].replace("/", "").replace("x", "")))
    width = int(found[2]) if found[2] else TILE_WIDTH
    is_partial_one = found[2] is None or width < TILE_WIDTH
    is_right = is_partial_one and path_of(place, width=width) == f"{level}/{rest}"
    return Named(place, width) if is_right else None


def edge_of(size: int) -> list[Place]:
    """The partial tiles of a tree: at most one a level, none where the level is full or empty."""
    places = []
    level = 0
    while size >> (TILE_BITS * level):
        count = size >> (TILE_BITS * level)
        if count % TILE_WIDTH:
            places.append(Place(level, count // TILE_WIDTH))
        level += 1
    return places


def grow(
    edge: Mapping[Place, bytes], *, size: int, leaf_hashes: Sequence[bytes]
) -> dict[Place, bytes]:
    """The tiles that change when leaves are added; `edge` holds the partial ones of before."""
    changed: dict[Place, bytes] = {}
    added = b"".join(leaf_hashes)
    level, count = 0, size
    while added:
        number, width = divmod(count, TILE_WIDTH)
        data = _partial(edge, Place(level, number), width=width) + added
        full = []
        for start in range(0, len(data), TILE_BYTES):
            part = data[start : start + TILE_BYTES]
            changed[Place(level, number + start // TILE_BYTES)] = part
            if len(part) == TILE_BYTES:
                full.append(hash_of(part))
        added = b"".join(full)
        level, count = level + 1, number
    return changed


def root_of(tiles: Mapping[Place, bytes], *, size: int) -> bytes:
    """The root of the tree of that size, from its partial tiles alone."""
    found: bytes | None = None
    for place in edge_of(size):
        width = (size >> (TILE_BITS * place.level)) % TILE_WIDTH
        part = _partial(tiles, place, width=width)
        for bit in range(TILE_BITS):
            if width >> bit & 1:
                width -= 1 << bit
                left = hash_of(part[width * HASH_BYTES :][: HASH_BYTES << bit])
                found = left if found is None else node_hash(left, found)
    return EMPTY_ROOT if found is None else found


def hash_of(hashes: bytes) -> bytes:
    """The root over a power of two of neighbouring hashes."""
    level = [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [node_hash(left, right) for left, right in pairs]
    return level[0]


class Subtree(NamedTuple):
    """Where a complete subtree of a power of two of leaves is found: hashes of one tile."""

    place: Place
    first: int
    width: int


def subtrees_of(start: int, end: int) -> list[Subtree]:
    """The complete subtrees that make up the leaves [start, end) of a proof's part, left first."""
    found = []
    while start < end:
        bits = (end - start).bit_length() - 1
        level, within = divmod(bits, TILE_BITS)
        number, first = divmod(start >> (TILE_BITS * level), TILE_WIDTH)
        found.append(Subtree(Place(level, number), first, 1 << within))
        start += 1 << bits
    return found


def places_of(parts: Iterable[tuple[int, int]]) -> set[Place]:
    """The tiles that hold what a proof of these parts needs."""
    return {each.place for part in parts for each in subtrees_of(*part)}


def proof_of(parts: Sequence[tuple[int, int]], *, tiles: Mapping[Place, bytes]) -> list[bytes]:
    """The hashes of a proof's parts (`merkle.inclusion_parts`, `merkle.consistency_parts`)."""
    return [_hash_of_part(part, tiles) for part in parts]


def _hash_of_part(part: tuple[int, int], tiles: Mapping[Place, bytes]) -> bytes:
    hashes = [_hash_of_subtree(each, tiles) for each in subtrees_of(*part)]
    found = hashes.pop()
    while hashes:
        found = node_hash(hashes.pop(), found)
    return found


def _hash_of_subtree(subtree: Subtree, tiles: Mapping[Place, bytes]) -> bytes:
    width = subtree.first + subtree.width
    part = _partial(tiles, subtree.place, width=width)
    return hash_of(part[subtree.first * HASH_BYTES :])


def _partial(tiles: Mapping[Place, bytes], place: Place, *, width: int) -> bytes:
    """The first hashes of a tile. Raises BrokenError where it has fewer."""
    part = tiles.get(place, b"")[: width * HASH_BYTES]
    if len(part) != width * HASH_BYTES:
        message = f"tile {path_of(place)} has fewer than {width} hashes"
        raise BrokenError(message)
    return part
