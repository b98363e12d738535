"""Checkpoints, receipts and keys as text: C2SP signed-note, tlog-checkpoint and tlog-proof@v1."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

ED25519 = b"\x01"  # the signature type of signed-note
KEY_ID_BYTES = 4
CHECKPOINT_LINES = 3
DASH = "\u2014"
PROOF_VERSION = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Verifier:
    """A log's public key under its name, which is the log's origin."""

    origin: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || type || key)[:4] [c2sp.org/signed-note]."""
        named = self.origin.encode() + b"\n" + ED25519 + self.public_key
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    def as_text(self) -> str:
        """`name+id+key`, as the tools of transparency logs take it."""
        return f"{self.origin}+{self.key_id.hex()}+{_base64(ED25519 + self.public_key)}"


def checkpoint_text(*, origin: str, size: int, root: bytes) -> str:
    """What is signed: origin, size, root [c2sp.org/tlog-checkpoint]."""
    return f"{origin}\n{size}\n{_base64(root)}\n"


class Checkpoint(NamedTuple):
    """What a signed note says, whoever signed it."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(note: str) -> Checkpoint | None:
    """A checkpoint as written here; None for any other text. Its signatures are not looked at."""
    lines = note.rpartition("\n\n")[0].split("\n")
    if len(lines) != CHECKPOINT_LINES or not lines[1].isdecimal() or not lines[1].isascii():
        return None
    try:
        root = base64.b64decode(lines[2], validate=True)
    except ValueError:  # binascii.Error is one; text beyond ASCII is another
        return None
    found = Checkpoint(lines[0], int(lines[1]), root)
    is_whole = note.startswith(
        checkpoint_text(origin=found.origin, size=found.size, root=found.root) + "\n"
    )
    return found if is_whole else None


def sign(text: str, keys: Sequence[tuple[Verifier, bytes]]) -> str:
    """The signed note: the text, and a line for each key (its public half and its seed)."""
    lines = []
    for verifier, seed in keys:
        signature = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
        lines.append(f"{DASH} {verifier.origin} {_base64(verifier.key_id + signature)}\n")
    return text + "\n" + "".join(lines)


def is_signed_by(note: str, verifier: Verifier) -> bool | None:
    """Whether this key signed it; None where the note names the key nowhere."""
    text, _, lines = note.rpartition("\n\n")
    found: bool | None = None
    for line in lines.splitlines():
        head, _, encoded = line.rpartition(" ")
        if head != f"{DASH} {verifier.origin}":
            continue
        try:
            signed = base64.b64decode(encoded, validate=True)
        except ValueError:
            return False
        if signed[:KEY_ID_BYTES] != verifier.key_id:
            continue
        try:
            key = Ed25519PublicKey.from_public_bytes(verifier.public_key)
            key.verify(signed[KEY_ID_BYTES:], f"{text}\n".encode())
        except InvalidSignature:
            return False
        found = True
    return found


def proof_text(*, index: int, proof: Sequence[bytes], checkpoint: str, extra: bytes) -> str:
    """A receipt [c2sp.org/tlog-proof@v1]; `extra` holds the leaf's data, which the proof proves."""
    hashes = "".join(f"{_base64(each)}\n" for each in proof)
    return f"{PROOF_VERSION}\nextra {_base64(extra)}\nindex {index}\n{hashes}\n{checkpoint}"


def public_key_of(seed: bytes) -> bytes:
    """The public half of a signing key."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
