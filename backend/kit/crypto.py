"""Field encryption with rotating keys, and keyed hashes for looking an encrypted value up.

A sealed value is `version | key id length | key id | nonce | AES-256-GCM ciphertext`. Its
context (such as "borrower.phone") is authenticated, so a value cannot be moved to another column.
The keys live in the database (`backend.kit.keyring`); here is what this process knows of them.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, func

VERSION = 1
NONCE_BYTES = 12
KEY_BYTES = 32
HEAD_BYTES = 2
DISTINCT_BYTES_MIN = 12  # of 32; chance leaves fewer once in 10^25
ASCII_END = 128
NAME_BYTES_MAX = 64


class UnreadableError(RuntimeError):
    """The value was sealed with a key that we do not have, for another column, or was altered."""


@dataclass(frozen=True)
class KeyRing:
    """Named keys; the first one seals, all of them open."""

    keys: Mapping[str, bytes] = field(repr=False)
    waiting: frozenset[str] = frozenset()  # names of those that no process uses yet

    @property
    def oldest_id(self) -> str:
        """Name of the one that has been used for longest."""
        return [name for name in self.keys if name not in self.waiting][-1]

    @property
    def current_id(self) -> str:
        """Name of the key that seals."""
        return next(iter(self.keys))

    @classmethod
    def parse(cls, value: str) -> "KeyRing":
        """From "2026b:BASE64,2026a:BASE64", newest first. Raises ValueError on anything else."""
        keys: dict[str, bytes] = {}
        for part in value.split(","):
            name, _, encoded = part.strip().partition(":")
            key = base64.b64decode(encoded, validate=True)
            is_name = 0 < len(name.encode()) <= NAME_BYTES_MAX
            if not is_name or len(key) != KEY_BYTES or name in keys:
                message = "a key ring is NAME:BASE64_OF_32_BYTES[,NAME:...] with distinct names"
                raise ValueError(message)
            keys[name] = key
        return cls(keys)


@dataclass(frozen=True)
class _Keys:
    ring: KeyRing
    ciphers: Mapping[str, AESGCM]
    lookups: KeyRing


def _know_no_more() -> None:
    """Keys that were given by hand have no place where newer ones could be found."""


_keys: _Keys | None = None
_renew: Callable[[], None] = _know_no_more


def configure(*, field_keys: KeyRing, lookup_keys: KeyRing) -> None:
    """Give this process its keys. Replaced whole, so that no reader sees half of them."""
    global _keys  # noqa: PLW0603 - what this process knows, replaced when keys rotate
    ciphers = {name: AESGCM(key) for name, key in field_keys.keys.items()}
    _keys = _Keys(ring=field_keys, ciphers=ciphers, lookups=lookup_keys)


def ask_when_unknown(renew: Callable[[], None]) -> None:
    """Say who looks for keys that this process does not know yet; it calls `configure`."""
    global _renew  # noqa: PLW0603 - set once by the assembly
    _renew = renew


def _get() -> _Keys:
    if _keys is None:
        _renew()
    if _keys is None:
        message = "no field keys are configured"
        raise UnreadableError(message)
    return _keys


def encrypt(plaintext: str, *, context: str) -> bytes:
    """Seal under the current key."""
    return encrypt_bytes(plaintext.encode(), context=context)


def decrypt(sealed: bytes, *, context: str) -> str:
    """Open. Raises UnreadableError."""
    return decrypt_bytes(sealed, context=context).decode()


def encrypt_bytes(plaintext: bytes, *, context: str) -> bytes:
    """Seal under the current key."""
    keys = _get()
    name = keys.ring.current_id
    return _seal(keys.ciphers[name], name, plaintext, context=context)


def decrypt_bytes(sealed: bytes, *, context: str) -> bytes:
    """Open. Raises UnreadableError."""
    name = key_id_of(sealed)
    cipher = _get().ciphers.get(name)
    if cipher is None:
        # Another process may have sealed with a key that is newer than what we know.
        _renew()
        cipher = _get().ciphers.get(name)
    if cipher is None:
        message = f"sealed with the unknown key {name!r}"
        raise UnreadableError(message)
    return _open(cipher, sealed, context=context)


def wrap(ring: KeyRing, plaintext: bytes, *, context: str) -> bytes:
    """Seal under the first key of a ring of one's own: a key under a master key."""
    name = ring.current_id
    return _seal(AESGCM(ring.keys[name]), name, plaintext, context=context)


def unwrap(ring: KeyRing, sealed: bytes, *, context: str) -> bytes:
    """Open with whichever key of the ring sealed it. Raises UnreadableError."""
    key = ring.keys.get(key_id_of(sealed))
    if key is None:
        message = f"wrapped by {key_id_of(sealed)!r}, which is not among these keys"
        raise UnreadableError(message)
    return _open(AESGCM(key), sealed, context=context)


def _seal(cipher: AESGCM, name: str, plaintext: bytes, *, context: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return prefix_of(name) + nonce + cipher.encrypt(nonce, plaintext, context.encode())


def _open(cipher: AESGCM, sealed: bytes, *, context: str) -> bytes:
    start = HEAD_BYTES + sealed[1]
    nonce, body = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, body, context.encode())
    except (InvalidTag, ValueError) as error:
        message = "altered, or sealed for another column"
        raise UnreadableError(message) from error


def key_id_of(sealed: bytes) -> str:
    """The name of the key that sealed it. Raises UnreadableError."""
    try:
        if len(sealed) >= HEAD_BYTES and sealed[0] == VERSION:
            return sealed[HEAD_BYTES : HEAD_BYTES + sealed[1]].decode()
    except UnicodeDecodeError:
        pass
    message = "not a sealed value"
    raise UnreadableError(message)


def prefix_of(name: str) -> bytes:
    """What every value that this key sealed starts with."""
    key_id = name.encode()
    return bytes([VERSION, len(key_id)]) + key_id


def key_id_in_sql(sealed: ColumnElement[Any]) -> ColumnElement[str]:
    """The same, of a column of sealed values, for the database to count by."""
    name = func.substring(sealed, HEAD_BYTES + 1, func.get_byte(sealed, 1))
    return func.convert_from(name, "UTF8")


def needs_rewrap(sealed: bytes) -> bool:
    """Whether it was sealed with a key that is no longer the current one."""
    return key_id_of(sealed) != _get().ring.current_id


def current_prefix() -> bytes:
    """What every value sealed under the current key starts with; for finding the others in SQL."""
    return prefix_of(_get().ring.current_id)


def keyed_hash(value: str, *, kind: str) -> bytes:
    """HMAC-SHA256 of a normalised value: equal values meet, and the table alone tells nothing.

    Under the current look-up key: for writing. Whoever looks for a stored hash that may be older
    than a rotation tries `keyed_hashes`.
    """
    lookups = _get().lookups
    return _hmac(lookups.keys[lookups.current_id], value, kind=kind)


def keyed_hashes(value: str, *, kind: str) -> list[bytes]:
    """The same under each live look-up key, the current one first: for finding."""
    return [_hmac(key, value, kind=kind) for key in _get().lookups.keys.values()]


def lasting_hash(value: str, *, kind: str) -> bytes:
    """The hash by the oldest live look-up key: a rotation changes it only when that key retires.

    For what lives shorter than a replaced key does, a day.
    """
    lookups = _get().lookups
    return _hmac(lookups.keys[lookups.oldest_id], value, kind=kind)


def keyed_hash_to_keep(value: str, *, kind: str) -> tuple[str, bytes]:
    """The current key's name and the hash under it, to be stored beside each other.

    Asked for apart, they could come from two keys while one replaces the other.
    """
    lookups = _get().lookups
    name = lookups.current_id
    return name, _hmac(lookups.keys[name], value, kind=kind)


def current_lookup_id() -> str:
    """The name of the key that `keyed_hash` uses; for finding what is hashed with another."""
    return _get().lookups.current_id


def _hmac(key: bytes, value: str, *, kind: str) -> bytes:
    return hmac.new(key, f"{kind}\x00{value}".encode(), hashlib.sha256).digest()


def is_weak(key: bytes) -> bool:
    """Whether a person typed it or a pattern made it: chance makes such a key once in 10^13."""
    steps = {(later - earlier) % 256 for earlier, later in pairwise(key)}
    is_typed = all(chr(byte).isprintable() and byte < ASCII_END for byte in key)
    return len(set(key)) < DISTINCT_BYTES_MIN or len(steps) == 1 or is_typed
