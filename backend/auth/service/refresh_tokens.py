"""Refresh tokens: what they are made of.

A token is a secret that all tokens of one session share, by which the session is found, and a part
of its own. The successor's part is derived from the token with a server key, so that a repeat is
answered alike and nothing that opens anything is ever stored.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass

from backend.kit import crypto

FAMILY_BYTES = 16
OWN_BYTES = 32
KIND = "refresh_token"


@dataclass(frozen=True, repr=False)
class Refresh:
    """A refresh token, taken apart."""

    family: bytes
    own: bytes

    @classmethod
    def fresh(cls) -> "Refresh":
        """The first token of a new session."""
        return cls(secrets.token_bytes(FAMILY_BYTES), secrets.token_bytes(OWN_BYTES))

    @classmethod
    def parse(cls, value: str) -> "Refresh | None":
        """From what a client shows, or None when it is no token of ours."""
        try:
            content = base64.b64decode(value, altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            return None
        if len(content) != FAMILY_BYTES + OWN_BYTES:
            return None
        return cls(content[:FAMILY_BYTES], content[FAMILY_BYTES:])

    def successor(self) -> "Refresh":
        """The token that this one is exchanged for; always the same while the key is."""
        return Refresh(self.family, crypto.keyed_hash(self.text(), kind=KIND))

    def successors(self) -> "list[Refresh]":
        """What it may have been exchanged for: under each live key, the current one first."""
        return [Refresh(self.family, own) for own in crypto.keyed_hashes(self.text(), kind=KIND)]

    def text(self) -> str:
        """As a client keeps it: 64 characters."""
        return base64.urlsafe_b64encode(self.family + self.own).decode()

    def family_hash(self) -> bytes:
        """By which the session is found."""
        return hashlib.sha256(self.family).digest()

    def hash(self) -> bytes:
        """By which this very token is known again."""
        return hashlib.sha256(self.family + self.own).digest()
