"""The keys that sign the log: as many as are active sign each head, so that one can follow another.

A seed is sealed by the installation's field keys, which rotate; a retired one is destroyed and its
public half kept, so that whatever it signed can be verified for ever.
"""

import os
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from backend.evidence import notes, queries
from backend.evidence.models import EvidenceSigner
from backend.evidence.notes import Verifier
from backend.evidence.origin import get_origin
from backend.kit import crypto

SEED_CONTEXT = "evidence_signer.seed"
SEED_BYTES = 32

Signing = list[tuple[Verifier, bytes]]


class SignerChangeError(RuntimeError):
    """The change cannot be made; the message says why."""


def list_signing(session: Session) -> Signing:
    """The active keys, newest first, each with its seed. Called under the lock of the log."""
    return [
        (verifier, crypto.decrypt_bytes(row.seed_cipher, context=SEED_CONTEXT))
        for verifier, row in queries.list_verifiers(session)
        if row.seed_cipher is not None
    ]


def is_seed_of(seed_cipher: bytes, verifier: Verifier) -> bool:
    """Whether a sealed seed is still that key's."""
    try:
        seed = crypto.decrypt_bytes(bytes(seed_cipher), context=SEED_CONTEXT)
    except crypto.UnreadableError:
        return False
    return notes.public_key_of(seed) == verifier.public_key


def add(session: Session, *, now: datetime) -> Verifier:
    """A new key beside those that sign. Called under the lock of the log."""
    known = queries.list_verifiers(session)
    # The log's name is part of what was signed: it never changes, wherever the log moves to.
    origin = known[0][0].origin if known else get_origin()
    seed = os.urandom(SEED_BYTES)
    verifier = Verifier(origin, notes.public_key_of(seed))
    session.execute(
        insert(EvidenceSigner).values(
            name=name_of(verifier),
            origin=origin,
            public_key=verifier.public_key,
            seed_cipher=crypto.encrypt_bytes(seed, context=SEED_CONTEXT),
            created_at=now,
        )
    )
    return verifier


def retire(session: Session, *, name: str, now: datetime) -> None:
    """Destroy a seed. Raises SignerChangeError where nobody would sign any more."""
    active = [row.name for _, row in queries.list_verifiers(session) if row.seed_cipher is not None]
    if name not in active:
        raise SignerChangeError(f"no active key is named {name}")
    if len(active) == 1:
        raise SignerChangeError(f"{name} is the only key that signs; rotate first")
    session.execute(
        update(EvidenceSigner)
        .where(EvidenceSigner.name == name)
        .values(seed_cipher=None, retired_at=now)
    )


def name_of(verifier: Verifier) -> str:
    """A key's short name: its id on a note."""
    return verifier.key_id.hex()
