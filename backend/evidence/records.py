"""Writing records under their borrowers' data keys, and opening them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, LargeBinary, Text, Uuid

from backend.evidence import merkle, rules
from backend.evidence.models import EvidenceKey
from backend.evidence.rules import HOUSE, SALT_BYTES, Act
from backend.kit import crypto
from backend.kit.crypto import KEY_BYTES, KeyRing, UnreadableError

KEY_CONTEXT = "evidence_key.key"
DATA_KEY = "d"  # the name of the one key in a borrower's ring
# Another act may make her key, or an erasure take it, between two looks; not again and again.
LOOKS_MAX = 5

_IDS = bindparam("ids", type_=ARRAY(Uuid))
_HELD = (
    select(EvidenceKey.borrower_id, EvidenceKey.key_cipher)
    .where(EvidenceKey.borrower_id == any_(_IDS))
    .order_by(EvidenceKey.borrower_id)
    # An erasure waits for the acts that write under the key it takes.
    .with_for_update(read=True, key_share=True)
)
_MAKE = text(
    """
    INSERT INTO evidence_key (borrower_id, key_cipher, created_at)
    SELECT borrower_id, key_cipher, :now
      FROM unnest(:ids, :ciphers) AS made(borrower_id, key_cipher)
     ORDER BY borrower_id
    ON CONFLICT (borrower_id) DO NOTHING
    RETURNING borrower_id
    """
).bindparams(
    _IDS,
    bindparam("ciphers", type_=ARRAY(LargeBinary)),
    bindparam("now", type_=DateTime(timezone=True)),
)
_WRITE = text(
    """
    WITH given AS (
        SELECT *
          FROM unnest(:borrower_ids, :record_ids, :acts, :bodies, :commitments, :leaf_hashes)
          WITH ORDINALITY
            AS g(borrower_id, record_id, act, body, commitment, leaf_hash, place)
    ), numbered AS (
        INSERT INTO evidence_pending (borrower_id, record_id, type, at, commitment, leaf_hash)
        SELECT borrower_id, record_id, act, :now, commitment, leaf_hash FROM given ORDER BY place
        RETURNING number, record_id
    )
    INSERT INTO evidence_record (borrower_id, id, type, at, number, body)
    SELECT borrower_id, record_id, act, :now, number, body
      FROM given JOIN numbered USING (record_id)
    """
).bindparams(
    bindparam("borrower_ids", type_=ARRAY(Uuid)),
    bindparam("record_ids", type_=ARRAY(Uuid)),
    bindparam("acts", type_=ARRAY(Text)),
    bindparam("bodies", type_=ARRAY(LargeBinary)),
    bindparam("commitments", type_=ARRAY(LargeBinary)),
    bindparam("leaf_hashes", type_=ARRAY(LargeBinary)),
    bindparam("now", type_=DateTime(timezone=True)),
)


@dataclass(frozen=True)
class Entry:
    """One act to be logged. `borrower_id`: None for an act of the house."""

    type: Act
    borrower_id: UUID | None
    record: Mapping[str, Any] = field(repr=False)


class Opened(NamedTuple):
    """A record as it was committed to."""

    salt: bytes
    record: bytes

    @property
    def commitment(self) -> bytes:
        """What the log has of it."""
        return rules.commitment_of(self.record, salt=self.salt)


def write(session: Session, *, entries: Sequence[Entry], now: datetime) -> list[UUID]:
    """Write entries under the keys of their borrowers; answers their record ids in order."""
    if not entries:
        return []
    owners = [entry.borrower_id or HOUSE for entry in entries]
    keys = hold_keys(session, borrower_ids=sorted(set(owners)), now=now)
    rows = [
        _row(entry, owner, keys[owner], now=now)
        for entry, owner in zip(entries, owners, strict=True)
    ]
    record_ids, acts, bodies, commitments, leaf_hashes = zip(*rows, strict=True)
    session.execute(
        _WRITE,
        {
            "borrower_ids": owners,
            "record_ids": list(record_ids),
            "acts": list(acts),
            "bodies": list(bodies),
            "commitments": list(commitments),
            "leaf_hashes": list(leaf_hashes),
            "now": now,
        },
    )
    return list(record_ids)


def open_body(body: bytes, *, borrower_id: UUID, record_id: UUID, key_cipher: bytes) -> Opened:
    """Salt and record. Raises UnreadableError."""
    key = crypto.decrypt_bytes(key_cipher, context=KEY_CONTEXT)
    plain = crypto.unwrap(_ring(key), body, context=_context(borrower_id, record_id))
    if len(plain) < SALT_BYTES:
        message = "a record without its salt"
        raise UnreadableError(message)
    return Opened(plain[:SALT_BYTES], plain[SALT_BYTES:])


def _row(
    entry: Entry, owner: UUID, ring: KeyRing, *, now: datetime
) -> tuple[UUID, str, bytes, bytes, bytes]:
    record_id, salt = uuid4(), os.urandom(SALT_BYTES)
    # For whom is part of what is committed to: a record cannot be passed off as another's.
    whose = {} if entry.borrower_id is None else {"borrower_id": entry.borrower_id}
    record = rules.canonical({**entry.record, **whose})
    commitment = rules.commitment_of(record, salt=salt)
    data = rules.leaf_data(act=entry.type, record_id=record_id, commitment=commitment, at=now)
    body = crypto.wrap(ring, salt + record, context=_context(owner, record_id))
    return record_id, str(entry.type), body, commitment, merkle.leaf_hash(data)


def _context(borrower_id: UUID, record_id: UUID) -> str:
    """A body opens in its own row only."""
    return f"evidence_record:{borrower_id}:{record_id}"


def _ring(key: bytes) -> KeyRing:
    return KeyRing({DATA_KEY: key})


def hold_keys(
    session: Session, *, borrower_ids: Sequence[UUID], now: datetime
) -> dict[UUID, KeyRing]:
    """Their data keys, made where there is none; held until the acts are stored.

    `borrower_ids`: sorted, so that two who hold several never wait for each other.
    """
    found: dict[UUID, KeyRing] = {}
    missing = list(borrower_ids)
    for _ in range(LOOKS_MAX):
        for row in session.execute(_HELD, {"ids": missing}):
            key = crypto.decrypt_bytes(row.key_cipher, context=KEY_CONTEXT)
            found[row.borrower_id] = _ring(key)
        missing = [each for each in missing if each not in found]
        if not missing:
            return found
        made = {each: os.urandom(KEY_BYTES) for each in missing}
        ciphers = [crypto.encrypt_bytes(key, context=KEY_CONTEXT) for key in made.values()]
        stored = session.execute(_MAKE, {"ids": missing, "ciphers": ciphers, "now": now})
        found |= {each: _ring(made[each]) for each in stored.scalars()}
        missing = [each for each in missing if each not in found]
        if not missing:
            return found
    message = "the data keys of evidence come and go"
    raise RuntimeError(message)
