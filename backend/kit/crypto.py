"""Field encryption with rotating keys, and keyed hashes for looking an encrypted value up.

A sealed value is `version | key id length | key id | nonce | AES-256-GCM ciphertext`. Its
context (such as "borrower.phone") is authenticated, so a value cannot be moved to another column.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
NONCE_BYTES = 12
KEY_BYTES = 32
HEAD_BYTES = 2


class UnreadableError(RuntimeError):
    """The value was sealed with a key that we do not have, for another column, or was altered."""


@dataclass(frozen=True)
class KeyRing:
    """Named keys; the first one seals, all of them open."""

    keys: Mapping[str, bytes]

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
            if not name or len(key) != KEY_BYTES or name in keys:
                message = "a key ring is NAME:BASE64_OF_32_BYTES[,NAME:...] with distinct names"
                raise ValueError(message)
            keys[name] = key
        return cls(keys)


@dataclass(frozen=True)
class _Keys:
    ring: KeyRing
    ciphers: Mapping[str, AESGCM]
    lookup: bytes


_keys: _Keys | None = None


def configure(*, field_keys: KeyRing, lookup_key: bytes) -> None:
    """Give this process its keys."""
    global _keys  # noqa: PLW0603 - one key ring per process, set once by the assembly
    ciphers = {name: AESGCM(key) for name, key in field_keys.keys.items()}
    _keys = _Keys(ring=field_keys, ciphers=ciphers, lookup=lookup_key)


def _get() -> _Keys:
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
    key_id = keys.ring.current_id.encode()
    nonce = os.urandom(NONCE_BYTES)
    body = keys.ciphers[keys.ring.current_id].encrypt(nonce, plaintext, context.encode())
    return bytes([VERSION, len(key_id)]) + key_id + nonce + body


def decrypt_bytes(sealed: bytes, *, context: str) -> bytes:
    """Open. Raises UnreadableError."""
    key_id = _key_id_of(sealed)
    cipher = _get().ciphers.get(key_id)
    if cipher is None:
        message = f"sealed with the unknown key {key_id!r}"
        raise UnreadableError(message)
    start = HEAD_BYTES + len(key_id.encode())
    nonce, body = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, body, context.encode())
    except InvalidTag as error:
        message = "altered, or sealed for another column"
        raise UnreadableError(message) from error


def _key_id_of(sealed: bytes) -> str:
    if len(sealed) < HEAD_BYTES or sealed[0] != VERSION:
        message = "not a sealed value"
        raise UnreadableError(message)
    return sealed[HEAD_BYTES : HEAD_BYTES + sealed[1]].decode()


def needs_rewrap(sealed: bytes) -> bool:
    """Whether it was sealed with a key that is no longer the current one."""
    return _key_id_of(sealed) != _get().ring.current_id


def current_prefix() -> bytes:
    """What every value sealed under the current key starts with; for finding the others in SQL."""
    key_id = _get().ring.current_id.encode()
    return bytes([VERSION, len(key_id)]) + key_id


def keyed_hash(value: str, *, kind: str) -> bytes:
    """HMAC-SHA256 of a normalised value: equal values meet, and the table alone tells nothing."""
    return hmac.new(_get().lookup, f"{kind}\x00{value}".encode(), hashlib.sha256).digest()
