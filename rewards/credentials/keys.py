"""Ed25519 public keys as credentials write them: Multikey [Controlled Identifiers v1.0]."""

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519_PUBLIC = b"\xed\x01"  # multicodec 0xed, as a varint
BASE58_BTC = "z"
KEY_BYTES = 32
MULTIKEY_LENGTH = 48  # of every Ed25519 key; what is longer is not even decoded


def multikey(public_key: Ed25519PublicKey) -> str:
    """A public key in the form "z6Mk..."."""
    encoded: str = base58.b58encode(ED25519_PUBLIC + public_key.public_bytes_raw()).decode()
    return BASE58_BTC + encoded


def read_multikey(text: str) -> Ed25519PublicKey:
    """The key that a multikey holds. Raises ValueError where it is none of Ed25519."""
    if len(text) != MULTIKEY_LENGTH or not text.startswith(BASE58_BTC):
        raise ValueError("not a multikey of Ed25519")
    raw = base58.b58decode(text.removeprefix(BASE58_BTC))
    if not raw.startswith(ED25519_PUBLIC) or len(raw) != len(ED25519_PUBLIC) + KEY_BYTES:
        raise ValueError("not a multikey of Ed25519")
    return Ed25519PublicKey.from_public_bytes(raw.removeprefix(ED25519_PUBLIC))


def method_id(did: str, public_key: Ed25519PublicKey) -> str:
    """The name of a key in its issuer's DID document, which no other key can have."""
    return f"{did}#{multikey(public_key)}"
