"""Who is asked to sign beside the log, as a setting names them: a public key and an address.

The key is `name+id+key`, as the tools of transparency logs write it [c2sp.org/tlog-cosignature].
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from backend.kit.environment import is_trustworthy

COSIGNATURE = b"\x04"  # the signature type of a cosignature/v1 by Ed25519
KEY_ID_BYTES = 4
KEY_BYTES = 32
WITNESSES_MAX = 8
_NAME = re.compile(r"[^\s+]{1,200}")


@dataclass(frozen=True)
class Witness:
    """Somebody else who keeps watch that the log only grows."""

    name: str
    public_key: bytes
    url: str

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || type || key)[:4] [c2sp.org/signed-note]."""
        named = self.name.encode() + b"\n" + COSIGNATURE + self.public_key
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    def as_text(self) -> str:
        """`name+id+key`."""
        key = base64.b64encode(COSIGNATURE + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"


def read_witnesses(value: str, *, is_demo: bool) -> tuple[Witness, ...]:
    """`KEY URL[, KEY URL...]`. Raises ValueError: what is wrong, in words for an operator."""
    pairs = [pair.split() for pair in value.split(",") if pair.strip()]
    if not all(len(pair) == len(("key", "url")) for pair in pairs):
        raise ValueError("must be a public key, a space and an address for each, commas between")
    found = tuple(Witness(*read_key(key), _read_url(url, is_demo=is_demo)) for key, url in pairs)
    if len(found) > WITNESSES_MAX:
        message = f"names more than {WITNESSES_MAX} witnesses"
        raise ValueError(message)
    if len({each.as_text() for each in found}) < len(found):
        raise ValueError("names a witness twice")
    return found


def read_key(text: str) -> tuple[str, bytes]:
    """Name and public key. Raises ValueError."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:  # binascii.Error is one; text beyond ASCII is another
        key = b""
    if not _NAME.fullmatch(name) or key[:1] != COSIGNATURE or len(key) != 1 + KEY_BYTES:
        message = f"{text!r} is no public key of a witness (name+id+key, type 4)"
        raise ValueError(message)
    if Witness(name, key[1:], "").key_id.hex() != key_id:
        message = f"{text!r} does not bear its own id"
        raise ValueError(message)
    return name, key[1:]


def _read_url(url: str, *, is_demo: bool) -> str:
    if not is_trustworthy(url, is_demo=is_demo):
        message = f"{url!r} must be https://... (in the demo also http on loopback)"
        raise ValueError(message)
    return url.rstrip("/")
