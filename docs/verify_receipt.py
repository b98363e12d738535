"""Verify a receipt of the evidence log, offline: python verify_receipt.py KEY RECEIPT [RECORD].

KEY: the log's public key, `origin+id+key`, from a place you trust. RECEIPT: a .tlog-proof file, or
a checkpoint alone. RECORD: the JSON that the app shows of it. Exits 1 when anything does not hold.
"""

import base64
import hashlib
import json
import sys
from functools import partial
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

decode = partial(base64.b64decode, validate=True)


def need(holds, what):
    if not holds:
        sys.exit(f"NOT VERIFIED: {what}")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def read_head(note, vkey):  # [c2sp.org/signed-note, c2sp.org/tlog-checkpoint]
    origin, key_id, encoded = vkey.strip().split("+", 2)
    key = decode(encoded)
    own_id = sha256(f"{origin}\n".encode(), key)[:4].hex() if key[:1] == b"\x01" else None
    need(own_id == key_id, "the key is not Ed25519 or does not bear its id")
    text, _, lines = note.rpartition("\n\n")
    mine = [ln.split(" ")[2] for ln in lines.splitlines() if ln.startswith(f"\u2014 {origin} ")]
    signed = [each[4:] for each in map(decode, mine) if each[:4].hex() == key_id]
    need(signed, "this key did not sign the checkpoint")
    for each in signed:
        Ed25519PublicKey.from_public_bytes(key[1:]).verify(each, f"{text}\n".encode())
    name, size, root = text.split("\n")[:3]
    need(name == origin, "the checkpoint is of another log")
    return int(size), decode(root)


def climb(index, size, found, proof):  # [RFC 9162 section 2.1.3.2]
    need(0 <= index < size, "the entry is beyond the checkpoint")
    node, last = index, size - 1
    for sibling in proof:
        need(last > 0, "the proof is too long")
        is_right = node & 1 or node == last
        found = sha256(b"\x01", *((sibling, found) if is_right else (found, sibling)))
        while is_right and node and not node & 1:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    need(last == 0, "the proof is too short")
    return found


def main(vkey, receipt, record=None):
    head, _, note = (text := Path(receipt).read_text("utf-8")).partition("\n\n")
    version, extra, place, *hashes = head.split("\n")
    if version != "c2sp.org/tlog-proof@v1":
        need(not record, "not a receipt of this kind")
        return print(f"VERIFIED: a checkpoint alone, of {read_head(text, vkey)[0]} entries")
    data, index = decode(extra.removeprefix("extra ")), int(place.removeprefix("index "))
    size, root = read_head(note, vkey)
    found = climb(index, size, sha256(b"\x00", data), map(decode, hashes))
    need(found == root, "the entry is not in the log that was signed")
    own = json.loads(Path(record).read_text("utf-8")) if record else {}
    opened = sha256(decode(own["salt"]), own["record"].encode()).hex() if record else None
    need(not record or opened == json.loads(data)["commitment"], "another record was committed to")
    return print(f"VERIFIED: entry {index} of {size}: {data.decode()}", own.get("record", ""))


if __name__ == "__main__":
    need(len(sys.argv) in (3, 4), __doc__)
    try:
        main(*sys.argv[1:])
    except (InvalidSignature, ValueError, TypeError, LookupError, OSError) as error:
        need(holds=False, what=f"{type(error).__name__}: {error}")
