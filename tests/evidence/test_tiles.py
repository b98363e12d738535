"""Tiles make the tree that leaves make, and have the addresses of the specification."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.evidence import merkle, tiles
from backend.evidence.recount import Recount
from backend.evidence.tiles import Named, Place

LEAVES = [hashlib.sha256(str(number).encode()).digest() for number in range(1_200)]
LONG = 70_000  # the specification's own example


def grown(leaves, *steps):
    """All tiles, as they stand after the leaves came in these steps."""
    kept, size = {}, 0
    for end in (*steps, len(leaves)):
        edge = {place: kept[place] for place in tiles.edge_of(size)}
        kept |= tiles.grow(edge, size=size, leaf_hashes=leaves[size:end])
        size = end
    return kept


@pytest.fixture(scope="module")
def long():
    leaves = [hashlib.sha256(number.to_bytes(4)).digest() for number in range(LONG)]
    return leaves, grown(leaves, 1, 255, 256, 40_000, 65_535)


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts(long):
    _, kept = long
    widths = {place: len(data) // 32 for place, data in kept.items()}
    assert [n for (level, n), width in widths.items() if level == 0 and width == 256] == [
        *range(273)
    ]
    assert widths[Place(0, 273)] == 112
    assert (widths[Place(1, 0)], widths[Place(1, 1)]) == (256, 17)
    assert widths[Place(2, 0)] == 1
    assert len(widths) == 273 + 1 + 2 + 1


def test_a_tree_of_256_has_a_full_tile_and_one_above_it():
    widths = {place: len(data) // 32 for place, data in grown(LEAVES[:256]).items()}
    assert widths == {Place(0, 0): 256, Place(1, 0): 1}
    assert tiles.edge_of(256) == [Place(1, 0)]
    assert tiles.edge_of(0) == []


@given(st.data())
def test_tiles_grow_to_the_same_tree_in_whatever_steps(data):
    size = data.draw(st.integers(0, len(LEAVES)))
    steps = sorted(data.draw(st.lists(st.integers(0, size), max_size=5)))
    kept = grown(LEAVES[:size], *steps)
    assert kept == grown(LEAVES[:size])
    assert tiles.root_of(kept, size=size) == merkle.root(LEAVES[:size])
    recount = Recount()
    for leaf in LEAVES[:size]:
        recount.add(leaf)
    assert recount.root() == merkle.root(LEAVES[:size])
    assert recount.take_filled() | recount.edge() == kept


@given(st.data())
def test_proofs_from_tiles_are_those_from_leaves(data):
    size = data.draw(st.integers(1, len(LEAVES)))
    older, index = data.draw(st.integers(1, size)), data.draw(st.integers(0, size - 1))
    # Tiles that have grown on since: their beginnings are what they were.
    kept = grown(LEAVES)
    parts = merkle.inclusion_parts(index, size)
    needed = {place: kept[place] for place in tiles.places_of(parts)}
    assert tiles.proof_of(parts, tiles=needed) == merkle.inclusion_proof(index, LEAVES[:size])
    parts = merkle.consistency_parts(older, size)
    needed = {place: kept[place] for place in tiles.places_of(parts)}
    assert tiles.proof_of(parts, tiles=needed) == merkle.consistency_proof(older, LEAVES[:size])


@pytest.mark.parametrize("index", [0, 255, 256, 65_535, 65_536, LONG - 1])
def test_a_proof_needs_few_tiles_of_a_long_log(long, index):
    leaves, kept = long
    parts = merkle.inclusion_parts(index, LONG)
    places = tiles.places_of(parts)
    assert len(places) <= 6
    proof = tiles.proof_of(parts, tiles={place: kept[place] for place in places})
    root = tiles.root_of(kept, size=LONG)
    assert root == merkle.root(leaves)
    assert merkle.verify_inclusion(index, LONG, leaves[index], proof, root)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1_000])
def test_tiles_that_lack_a_hash_are_refused(size):
    kept = grown(LEAVES[:size])
    place = tiles.edge_of(size)[0]
    with pytest.raises(tiles.BrokenError, match="has fewer than"):
        tiles.root_of({**kept, place: kept[place][:-32]}, size=size)


@pytest.mark.parametrize(
    ("place", "width", "path"),
    [
        (Place(0, 0), 256, "0/000"),
        (Place(0, 999), 1, "0/999.p/1"),
        (Place(1, 1_000), 256, "1/x001/000"),
        (Place(63, 1_234_067), 255, "63/x001/x234/067.p/255"),
    ],
)
def test_a_tile_has_one_address(place, width, path):
    assert tiles.path_of(place, width=width) == path
    assert tiles.read_path(*path.split("/", 1)) == Named(place, width)


@given(st.integers(0, 63), st.integers(0, 10**15), st.integers(1, 256))
def test_an_address_is_read_as_it_was_written(level, number, width):
    named = Named(Place(level, number), width)
    assert tiles.read_path(*tiles.path_of(named.place, width=width).split("/", 1)) == named


@pytest.mark.parametrize(
    ("level", "rest"),
    [
        ("64", "000"), ("00", "000"), ("-1", "000"), ("+1", "000"), ("x", "000"),
        ("\u0661", "000"),
        ("0", "0"), ("0", "1000"), ("0", "x000/001"), ("0", "001/002"), ("0", "x1/000"),
        ("0", "000.p/0"), ("0", "000.p/256"), ("0", "000.p/01"), ("0", "000.p/"),
        ("0", "000.p/999"), ("0", "x999/" * 6 + "999"),
        ("0", "000/"), ("0", "x001"), ("0", ""), ("0", "000\n"), ("0", "\u0661\u0661\u0661"),
        ("entries", "000"), ("0", "x999/" * 40 + "000"),
    ],
)  # fmt: skip
def test_no_other_address_names_a_tile(level, rest):
    assert tiles.read_path(level, rest) is None
