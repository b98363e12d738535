"""What is said to a witness and what it answers [c2sp.org/tlog-witness, tlog-cosignature]. Pure."""

import base64
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.evidence.notes import DASH
from backend.kit.witnesses import KEY_ID_BYTES, Witness

TIME_BYTES = 8
SIGNATURE_BYTES = 64
SIZE_DIGITS_MAX = 19


def request_text(*, old_size: int, proof: Sequence[bytes], note: str) -> str:
    """The body of `add-checkpoint`: the size that it knows, the proof from there, the head."""
    hashes = "".join(f"{base64.b64encode(each).decode()}\n" for each in proof)
    return f"old {old_size}\n{hashes}\n{note}"


def read_size(answer: bytes) -> int | None:
    """The size of the newest head that the witness knows, as it tells in a conflict."""
    text = answer.decode("ascii", "replace").removesuffix("\n")
    is_size = text.isascii() and text.isdecimal() and len(text) <= SIZE_DIGITS_MAX
    return int(text) if is_size else None


def find_line(answer: bytes, *, note: str, witness: Witness) -> str | None:
    """The line of the answer by which this witness signed this head; None unless it verifies."""
    for line in answer.decode("utf-8", "replace").splitlines(keepends=True):
        if line.endswith("\n") and verifies(line, note=note, witness=witness):
            return line
    return None


def verifies(line: str, *, note: str, witness: Witness) -> bool:
    """Whether a line is the witness's own cosignature of the head in a note."""
    head, _, encoded = line.removesuffix("\n").rpartition(" ")
    if head != f"{DASH} {witness.name}":
        return False
    try:
        signed = base64.b64decode(encoded, validate=True)
    except ValueError:  # binascii.Error is one; text beyond ASCII is another
        return False
    key_id, stamp = signed[:KEY_ID_BYTES], signed[KEY_ID_BYTES : KEY_ID_BYTES + TIME_BYTES]
    signature = signed[KEY_ID_BYTES + TIME_BYTES :]
    if key_id != witness.key_id or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(witness.public_key)
        key.verify(signature, signed_bytes(note=note, seconds=int.from_bytes(stamp)))
    except InvalidSignature:
        return False
    return True


def signed_bytes(*, note: str, seconds: int) -> bytes:
    """What a witness signs: that it saw this head, and when (seconds since 1970)."""
    text = note.rpartition("\n\n")[0]
    return f"cosignature/v1\ntime {seconds}\n{text}\n".encode()
