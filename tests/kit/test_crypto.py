"""What is sealed stays in its column, opens with its key, and can be moved to a new one."""

import base64
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit import crypto
from backend.kit.crypto import KeyRing, UnreadableError
from tests.fixtures.keys import keys, ring

OLD, NEW = b"o" * 32, b"n" * 32


def use(**keys: bytes) -> None:
    crypto.configure(field_keys=KeyRing(keys), lookup_keys=KeyRing({"lookup": b"l" * 32}))


@pytest.fixture(autouse=True)
def _keys(process: object) -> Iterator[None]:
    before = crypto._keys
    use(old=OLD)
    yield
    crypto._keys = before


@given(st.text())
def test_what_is_sealed_opens(plaintext: str) -> None:
    assert crypto.decrypt(crypto.encrypt(plaintext, context="c"), context="c") == plaintext


def test_equal_values_are_sealed_differently_and_hashed_equally() -> None:
    assert crypto.encrypt("a", context="c") != crypto.encrypt("a", context="c")
    assert crypto.keyed_hash("a", kind="k") == crypto.keyed_hash("a", kind="k")
    assert crypto.keyed_hash("a", kind="k") != crypto.keyed_hash("a", kind="other")


def test_a_value_does_not_open_in_another_column() -> None:
    with pytest.raises(UnreadableError):
        crypto.decrypt(crypto.encrypt("a", context="borrower.phone"), context="borrower.name")


def test_one_flipped_bit_is_noticed() -> None:
    sealed = bytearray(crypto.encrypt("a", context="c"))
    sealed[-1] ^= 1
    with pytest.raises(UnreadableError):
        crypto.decrypt(bytes(sealed), context="c")


def test_a_lasting_hash_changes_when_the_oldest_key_is_retired_and_not_before() -> None:
    def lasting(lookup: KeyRing) -> bytes:
        crypto.configure(field_keys=KeyRing({"old": OLD}), lookup_keys=lookup)
        return crypto.lasting_hash("a", kind="k")

    alone = lasting(KeyRing({"old": OLD}))
    assert lasting(KeyRing({"old": OLD, "new": NEW}, waiting=frozenset({"new"}))) == alone
    assert lasting(KeyRing({"new": NEW, "old": OLD})) == alone
    assert lasting(KeyRing({"new": NEW})) != alone


def test_keys_rotate() -> None:
    sealed = crypto.encrypt("a", context="c")
    assert not crypto.needs_rewrap(sealed)
    use(new=NEW, old=OLD)
    assert crypto.decrypt(sealed, context="c") == "a"
    assert crypto.needs_rewrap(sealed)
    again = crypto.encrypt("a", context="c")
    assert again.startswith(crypto.current_prefix())
    use(new=NEW)
    assert crypto.decrypt(again, context="c") == "a"
    with pytest.raises(UnreadableError):
        crypto.decrypt(sealed, context="c")


def test_a_stored_hash_is_found_while_look_up_keys_rotate() -> None:
    with keys(lookup=ring("old")):
        name, stored = crypto.keyed_hash_to_keep("a", kind="k")
    with keys(lookup=ring("new", "old")):
        assert name == "old"
        assert stored in crypto.keyed_hashes("a", kind="k")
        assert stored != crypto.keyed_hash("a", kind="k") == crypto.keyed_hashes("a", kind="k")[0]
        assert crypto.keyed_hash_to_keep("a", kind="k") == ("new", crypto.keyed_hash("a", kind="k"))
    with keys(lookup=ring("new")):
        assert stored not in crypto.keyed_hashes("a", kind="k")


@given(st.binary(max_size=200))
def test_bytes_that_nobody_sealed_are_unreadable_and_nothing_worse(junk: bytes) -> None:
    with pytest.raises(UnreadableError):
        crypto.decrypt_bytes(junk, context="c")
    with pytest.raises(UnreadableError):
        crypto.decrypt_bytes(crypto.current_prefix() + junk[:20], context="c")


@pytest.mark.parametrize(
    "key",
    [
        b"\0" * 32,
        b"f" * 32,
        bytes(range(32)),
        bytes(range(250, 186, -2)),
        b"ab" * 16,
        b"change-me-change-me-change-me-32",
        b"correct horse battery staple ok!",
    ],
)
def test_a_key_that_a_person_made_is_weak(key: bytes) -> None:
    assert len(key) == crypto.KEY_BYTES
    assert crypto.is_weak(key)


@given(st.randoms(use_true_random=True))
def test_a_random_key_is_not_weak(random: Random) -> None:
    assert not crypto.is_weak(random.randbytes(crypto.KEY_BYTES))


TWICE = ",".join(f"a:{base64.b64encode(key).decode()}" for key in (OLD, NEW))
SHORT = "a:" + base64.b64encode(b"short").decode()


@pytest.mark.parametrize("value", ["", "a", "a:", SHORT, "a:!!!!", TWICE])
def test_a_key_ring_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        KeyRing.parse(value)
