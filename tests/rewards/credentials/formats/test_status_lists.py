"""Lists of revocations, the names of keys and of issuers."""

import base64
import gzip

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as some

from rewards.credentials import documents, keys, status_list
from tests.rewards.credentials.formats.samples import DID, KEY, OTHER_KEY

places = some.integers(0, status_list.LENGTH_MIN - 1)


@given(revoked=some.sets(places, max_size=20), other=places)
def test_what_was_revoked_is_and_nothing_else(revoked: set[int], other: int) -> None:
    bits = status_list.decode(status_list.encode(status_list.bits_of(revoked)))
    assert len(bits) * 8 == status_list.LENGTH_MIN
    assert all(status_list.is_set(bits, index=index) for index in revoked)
    assert status_list.is_set(bits, index=other) == (other in revoked)


def test_a_list_is_written_as_the_specification_says() -> None:
    text = status_list.encode(status_list.bits_of([0, 9]))
    packed = text.removeprefix("u")
    raw = gzip.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    # The first place is the leftmost bit.
    assert raw == bytes([0b1000_0000, 0b0100_0000]) + bytes(16_384 - 2)
    assert text.startswith("uH4sI")
    assert text == status_list.encode(status_list.bits_of([9, 0]))


def _encoded(content: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(content).decode().rstrip("=")


NO_LISTS = {
    "nothing": "",
    "no bits": "u",
    "half a header": "uH4sI",
    "no base64": "u!!!!",
    "another base": "zH4sI",
    "no gzip": _encoded(b"no gzip at all"),
    "too short": _encoded(gzip.compress(bytes(16_383))),
    "more behind it": _encoded(gzip.compress(bytes(16_384)) + b"more"),
    "cut off": _encoded(gzip.compress(bytes(16_384))[:-8]),
    "a bomb": _encoded(gzip.compress(bytes(64 * 1024 * 1024))),
    "too long": "u" + "A" * 10_000_000,
}


@pytest.mark.parametrize("text", NO_LISTS.values(), ids=NO_LISTS)
def test_what_is_no_list_or_unpacks_to_too_much_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an encoded list"):
        status_list.decode(text)


@pytest.mark.parametrize("index", [-1, status_list.LENGTH_MIN])
def test_a_list_has_no_place_beyond_its_length(index: int) -> None:
    with pytest.raises(ValueError, match="no place"):
        status_list.bits_of([index])
    with pytest.raises(ValueError, match="no place"):
        status_list.is_set(status_list.bits_of([]), index=index)


@pytest.mark.parametrize("length", [8, status_list.LENGTH_MIN + 1, status_list.LENGTH_MAX * 2])
def test_a_list_is_long_enough_to_hide_in(length: int) -> None:
    with pytest.raises(ValueError, match="length"):
        status_list.bits_of([], length=length)


def test_a_key_is_read_as_it_was_written() -> None:
    written = keys.multikey(KEY.public_key())
    assert written.startswith("z6Mk")
    assert keys.read_multikey(written) == KEY.public_key()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z6Mk",
        "m" + keys.multikey(KEY.public_key())[1:],
        keys.multikey(KEY.public_key())[:-1] + "0",
        "z" + base58.b58encode(b"\x80\x26" + bytes(range(32))).decode(),
        "z" * 1_000_000,
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_key_of_ed25519_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"multikey|base58|character"):
        keys.read_multikey(text)


@pytest.mark.parametrize(
    ("address", "did"),
    [
        ("https://badges.example", "did:web:badges.example"),
        ("https://badges.example/", "did:web:badges.example"),
        ("http://localhost:8000", "did:web:localhost%3A8000"),
        ("https://lender.example/app/badges", "did:web:lender.example:app:badges"),
    ],
)
def test_an_issuer_is_named_by_where_it_publishes(address: str, did: str) -> None:
    assert documents.did_web(address) == did


def test_former_keys_stay_published_and_may_still_assert() -> None:
    own = [OTHER_KEY.public_key(), KEY.public_key()]
    document = documents.did_document(DID, public_keys=own)
    methods = document["verificationMethod"]
    assert [each["id"] for each in methods] == [keys.method_id(DID, key) for key in own]
    assert [keys.read_multikey(each["publicKeyMultibase"]) for each in methods] == own
    assert document["assertionMethod"] == [each["id"] for each in methods]
