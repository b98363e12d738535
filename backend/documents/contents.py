"""Sealing what is kept of a document, and opening it."""

import secrets

from backend.kit import crypto
from backend.kit.crypto import KEY_BYTES, KeyRing
from backend.kit.wiring import SealedColumn

KEY = "document_content.key_cipher"
CONTENT = "document_content.content"
ISSUER = "document.issuer_cipher"
FOUND_ISSUER = "document_verification.issuer_cipher"
GROUNDS = "document_suspicion.grounds_cipher"
REPLY = "document_suspicion.reply_cipher"
DECISION = "document_suspicion.decision_cipher"
SEALED = (
    SealedColumn("document_content", "key_cipher", context=KEY),
    SealedColumn("document", "issuer_cipher", context=ISSUER),
    SealedColumn("document_verification", "issuer_cipher", context=FOUND_ISSUER),
    SealedColumn("document_suspicion", "grounds_cipher", context=GROUNDS),
    SealedColumn("document_suspicion", "reply_cipher", context=REPLY),
    SealedColumn("document_suspicion", "decision_cipher", context=DECISION),
)
_OWN = "own"  # the name of a document's one key, within what it sealed


def seal_content(content: bytes) -> tuple[bytes, bytes]:
    """The bytes under a fresh key, and that key under the current field key."""
    key = secrets.token_bytes(KEY_BYTES)
    sealed = crypto.wrap(KeyRing({_OWN: key}), content, context=CONTENT)
    return crypto.encrypt_bytes(key, context=KEY), sealed


def open_content(key_cipher: bytes, sealed: bytes) -> bytes:
    """Raises UnreadableError."""
    key = crypto.decrypt_bytes(key_cipher, context=KEY)
    return crypto.unwrap(KeyRing({_OWN: key}), sealed, context=CONTENT)


def seal_issuer(issuer: str | None) -> bytes | None:
    """As she named it."""
    return None if issuer is None else crypto.encrypt(issuer, context=ISSUER)


def seal_found_issuer(issuer: str | None) -> bytes | None:
    """As a check found it."""
    return None if issuer is None else crypto.encrypt(issuer, context=FOUND_ISSUER)


def seal_grounds(words: str) -> bytes:
    """Why somebody thinks a document forged."""
    return crypto.encrypt(words, context=GROUNDS)


def seal_reply(words: str) -> bytes:
    """Her answer."""
    return crypto.encrypt(words, context=REPLY)


def seal_decision(words: str) -> bytes:
    """Why it was found forged, or not."""
    return crypto.encrypt(words, context=DECISION)


def opened(sealed: bytes | None, *, context: str) -> str | None:
    """The words, or None. Raises UnreadableError."""
    return None if sealed is None else crypto.decrypt(sealed, context=context)
