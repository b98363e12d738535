"""The tree is that of RFC 6962, for every size: against the definition as the RFC writes it."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.evidence import merkle

SIZE_MAX = 300
DATA = [str(number).encode() for number in range(SIZE_MAX)]
LEAVES = [hashlib.sha256(b"\x00" + data).digest() for data in DATA]
# From the test suite of the reference implementation of Certificate Transparency.
REFERENCE = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def mth(data):
    """RFC 6962 section 2.1, word for word."""
    if not data:
        return hashlib.sha256().digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    k = half(len(data))
    return hashlib.sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def path(m, data):
    """Section 2.1.1."""
    if len(data) == 1:
        return []
    k = half(len(data))
    if m < k:
        return [*path(m, data[:k]), mth(data[k:])]
    return [*path(m - k, data[k:]), mth(data[:k])]


def subproof(m, data, *, is_whole=True):
    """Section 2.1.2."""
    n = len(data)
    if m == n:
        return [] if is_whole else [mth(data)]
    k = half(n)
    if m <= k:
        return [*subproof(m, data[:k], is_whole=is_whole), mth(data[k:])]
    return [*subproof(m - k, data[k:], is_whole=False), mth(data[:k])]


def half(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def flipped(value, bit):
    place, own = divmod(bit, 8)
    return value[:place] + bytes([value[place] ^ (1 << own)]) + value[place + 1 :]


def sizes(low=0):
    return st.integers(low, SIZE_MAX)


def test_the_reference_trees_have_their_roots():
    leaves = [merkle.leaf_hash(bytes.fromhex(each)) for each in REFERENCE]
    found = [merkle.root(leaves[: size + 1]).hex() for size in range(len(leaves))]
    assert found == REFERENCE_ROOTS


@pytest.mark.parametrize("size", range(SIZE_MAX + 1))
def test_the_root_is_that_of_the_definition(size):
    assert merkle.root(LEAVES[:size]) == mth(DATA[:size])


@pytest.mark.parametrize("size", [*range(1, 70), 127, 128, 129, 255, 256, 257, SIZE_MAX])
def test_each_leaf_is_proved_as_the_definition_has_it(size):
    root = mth(DATA[:size])
    for index in {*range(min(size, 70)), size // 2, size - 1}:
        proof = merkle.inclusion_proof(index, LEAVES[:size])
        assert proof == path(index, DATA[:size])
        assert merkle.verify_inclusion(index, size, LEAVES[index], proof, root)


@pytest.mark.parametrize("size", [*range(1, 70), 127, 128, 129, 255, 256, 257, SIZE_MAX])
def test_each_older_size_is_proved_as_the_definition_has_it(size):
    root = mth(DATA[:size])
    for older in {*range(1, min(size, 70) + 1), *(s for s in (128, 255, 256) if s <= size)}:
        proof = merkle.consistency_proof(older, LEAVES[:size])
        assert proof == subproof(older, DATA[:size])
        assert merkle.verify_consistency(older, size, proof, mth(DATA[:older]), root)


@given(st.data())
def test_one_changed_bit_proves_no_inclusion(data):
    size = data.draw(sizes(1))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, LEAVES[:size])
    assert proof == path(index, DATA[:size])
    root = merkle.root(LEAVES[:size])
    leaf = LEAVES[index]
    assert merkle.verify_inclusion(index, size, leaf, proof, root)
    bit = data.draw(st.integers(0, 255))
    assert not merkle.verify_inclusion(index, size, flipped(leaf, bit), proof, root)
    assert not merkle.verify_inclusion(index, size, leaf, proof, flipped(root, bit))
    for place in range(len(proof)):
        changed = [*proof[:place], flipped(proof[place], bit), *proof[place + 1 :]]
        assert not merkle.verify_inclusion(index, size, leaf, changed, root)
    assert not merkle.verify_inclusion(index, size, leaf, [*proof, root], root)
    if proof:
        assert not merkle.verify_inclusion(index, size, leaf, proof[:-1], root)
    for other in {index - 1, index + 1, data.draw(sizes())} - {index}:
        assert not merkle.verify_inclusion(other, size, leaf, proof, root)


@given(st.data())
def test_one_changed_bit_proves_no_consistency(data):
    size2 = data.draw(sizes(1))
    size1 = data.draw(st.integers(1, size2))
    proof = merkle.consistency_proof(size1, LEAVES[:size2])
    assert proof == subproof(size1, DATA[:size2])
    roots = merkle.root(LEAVES[:size1]), merkle.root(LEAVES[:size2])
    assert merkle.verify_consistency(size1, size2, proof, *roots)
    bit = data.draw(st.integers(0, 255))
    assert not merkle.verify_consistency(size1, size2, proof, flipped(roots[0], bit), roots[1])
    assert not merkle.verify_consistency(size1, size2, proof, roots[0], flipped(roots[1], bit))
    for place in range(len(proof)):
        changed = [*proof[:place], flipped(proof[place], bit), *proof[place + 1 :]]
        assert not merkle.verify_consistency(size1, size2, changed, *roots)
    assert not merkle.verify_consistency(size1, size2, [*proof, roots[0]], *roots)
    if proof:
        assert not merkle.verify_consistency(size1, size2, proof[:-1], *roots)


@pytest.mark.parametrize("size", [0, 1, 7])
def test_nothing_is_proved_from_size_0(size):
    empty, root = merkle.root([]), merkle.root(LEAVES[:size])
    assert empty == hashlib.sha256().digest()
    assert not merkle.verify_consistency(0, size, [], empty, root)
    with pytest.raises(ValueError, match="no proof leads from size 0"):
        merkle.consistency_proof(0, LEAVES[:size])


def test_equal_sizes_need_equal_roots_and_an_empty_proof():
    root, other = merkle.root(LEAVES[:5]), merkle.root(LEAVES[:6])
    assert merkle.consistency_proof(5, LEAVES[:5]) == []
    assert merkle.verify_consistency(5, 5, [], root, root)
    assert not merkle.verify_consistency(5, 5, [], root, other)
    assert not merkle.verify_consistency(5, 5, [root], root, root)


@pytest.mark.parametrize("index", [-1, 7, 10**30, True, 1.0, "1", None])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index):
    proof = merkle.inclusion_proof(1, LEAVES[:7])
    root = merkle.root(LEAVES[:7])
    assert not merkle.verify_inclusion(index, 7, LEAVES[1], proof, root)
    with pytest.raises(ValueError, match="there is no leaf"):
        merkle.inclusion_proof(index, LEAVES[:7])


@pytest.mark.parametrize("size", [-7, -1, 0, 8, 10**30, True, 7.0, "7", None])
def test_a_size_that_is_none_proves_nothing(size):
    root = merkle.root(LEAVES[:7])
    proof = merkle.consistency_proof(3, LEAVES[:7])
    roots = merkle.root(LEAVES[:3]), root
    path_of_1 = merkle.inclusion_proof(1, LEAVES[:7])
    assert not merkle.verify_consistency(size, 7, proof, *roots)
    if size != 8:  # a path may fit two sizes: the one that is signed decides
        assert not merkle.verify_inclusion(1, size, LEAVES[1], path_of_1, root)
        assert not merkle.verify_consistency(3, size, proof, *roots)
    with pytest.raises(ValueError, match="no proof leads"):
        merkle.consistency_proof(size, LEAVES[:7])


@pytest.mark.parametrize("bad", [b"", b"short", bytes(31), bytes(33), "x" * 32, 7, None])
def test_what_is_no_hash_proves_nothing(bad):
    root, proof = merkle.root(LEAVES[:7]), merkle.inclusion_proof(1, LEAVES[:7])
    assert not merkle.verify_inclusion(1, 7, bad, proof, root)
    assert not merkle.verify_inclusion(1, 7, LEAVES[1], proof, bad)
    assert not merkle.verify_inclusion(1, 7, LEAVES[1], [*proof[:-1], bad], root)
    assert not merkle.verify_inclusion(1, 7, LEAVES[1], bad, root)
    older = merkle.consistency_proof(3, LEAVES[:7])
    first = merkle.root(LEAVES[:3])
    assert not merkle.verify_consistency(3, 7, bad, first, root)
    assert not merkle.verify_consistency(3, 7, [*older[:-1], bad], first, root)
    assert not merkle.verify_consistency(3, 7, older, bad, root)
    for make in (
        lambda: merkle.root([bad]),
        lambda: merkle.inclusion_proof(0, [bad]),
        lambda: merkle.consistency_proof(1, [bad]),
    ):
        with pytest.raises(ValueError, match="leaf hashes are 32 bytes"):
            make()
