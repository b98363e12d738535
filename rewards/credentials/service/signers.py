"""The issuer's keys: made, rotated, retired, and withdrawn when somebody else may have one.

A seed is sealed by the installation's field keys, which rotate. A new key is published at once and
signs once nobody holds an older copy of the issuer's document; a retired one stays in it.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.kit.key_changes import KeyChangeError
from rewards.credentials import keys, queries
from rewards.credentials.models import CredentialSigner
from rewards.credentials.rules import Cause, may_sign
from rewards.credentials.service.revoking import revoke_signed_by

SEED_CONTEXT = "credential_signer.seed"
SEED_BYTES = 32


@dataclass(frozen=True)
class Signer:
    """A key that signs now."""

    name: str
    created_at: datetime
    private_key: Ed25519PrivateKey = field(repr=False)


def find_signing(session: Session, *, at: datetime) -> Signer | None:
    """The newest key that everybody knows, or the oldest that there is."""
    return _open(_pick(queries.list_published_keys(session), at=at))


def get_signing(session: Session, *, at: datetime) -> Signer:
    """The same, held until the caller commits; the first is made when it is first needed."""
    signer = _hold(session, at=at)
    if signer is None:
        _lock(session)
        if not queries.list_keys(session):
            rotate(session, now=at)
        signer = _hold(session, at=at)
    if signer is None:
        # Cannot be: the last key that signs is neither retired nor withdrawn.
        message = "no key of the issuer signs"
        raise KeyChangeError(message)
    return signer


def list_keys(session: Session) -> Sequence[AnyRow]:
    """Every key, newest first."""
    return queries.list_keys(session)


def is_seed_of(row: AnyRow) -> bool:
    """Whether a key's sealed seed is still its own."""
    try:
        seed = crypto.decrypt_bytes(bytes(row.seed_cipher), context=SEED_CONTEXT)
    except crypto.UnreadableError:
        return False
    public_key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return public_key.public_bytes_raw() == bytes(row.public_key)


def rotate(session: Session, *, now: datetime) -> str:
    """A new key; answers its name. `now` is the machine's time."""
    _lock(session)
    seed = os.urandom(SEED_BYTES)
    public_key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    name = keys.multikey(public_key)
    session.execute(
        insert(CredentialSigner).values(
            name=name,
            public_key=public_key.public_bytes_raw(),
            seed_cipher=crypto.encrypt_bytes(seed, context=SEED_CONTEXT),
            created_at=now,
        )
    )
    return name


def retire(session: Session, *, name: str, now: datetime) -> None:
    """Destroy a seed; what it signed stays valid. Raises KeyChangeError: unknown, or it signs."""
    _lock(session)
    row = _get(session, name)
    if row.seed_cipher is None:
        raise KeyChangeError(f"{name} signs no more already")
    signing = _pick(queries.list_published_keys(session), at=now)
    if signing is not None and signing.name == name:
        raise KeyChangeError(f"{name} is the key that signs; rotate first, and give it ten minutes")
    _end(session, name=name, retired_at=now)


def withdraw(session: Session, *, name: str, now: datetime) -> int:
    """Publish it no more: others may have it. Ends every credential that it signed; how many.

    Raises KeyChangeError: unknown, withdrawn already, or no other key could sign.
    """
    _lock(session)
    row = _get(session, name)
    if row.withdrawn_at is not None:
        raise KeyChangeError(f"{name} is withdrawn already")
    others = [
        each
        for each in queries.list_published_keys(session)
        if each.name != name and each.seed_cipher is not None
    ]
    if not others:
        raise KeyChangeError(f"without {name} nothing would sign; rotate first")
    _end(session, name=name, retired_at=row.retired_at or now, withdrawn_at=now)
    return revoke_signed_by(session, signer=name, cause=Cause.KEY_WITHDRAWN, now=now)


def _hold(session: Session, *, at: datetime) -> Signer | None:
    row = _pick(queries.list_published_keys(session), at=at)
    if row is None:
        return None
    # Whoever withdraws it waits for what is being signed, and ends that, too.
    held = session.execute(
        select(*CredentialSigner.__table__.c)
        .where(CredentialSigner.name == row.name, CredentialSigner.seed_cipher.is_not(None))
        .with_for_update(read=True)
    ).first()
    return _open(held) if held is not None else _hold(session, at=at)


def _pick(rows: Sequence[AnyRow], *, at: datetime) -> AnyRow | None:
    active = [row for row in rows if row.seed_cipher is not None]
    rested = [row for row in active if may_sign(created_at=row.created_at, at=at)]
    return next(iter(rested or active[::-1]), None)


def _open(row: AnyRow | None) -> Signer | None:
    if row is None:
        return None
    seed = crypto.decrypt_bytes(bytes(row.seed_cipher), context=SEED_CONTEXT)
    return Signer(row.name, row.created_at, Ed25519PrivateKey.from_private_bytes(seed))


def _lock(session: Session) -> None:
    session.execute(text("LOCK TABLE credential_signer IN SHARE ROW EXCLUSIVE MODE"))


def _get(session: Session, name: str) -> AnyRow:
    row = session.execute(
        select(*CredentialSigner.__table__.c).where(CredentialSigner.name == name)
    ).first()
    if row is None:
        raise KeyChangeError(f"no key is named {name}")
    return row


def _end(session: Session, *, name: str, **changes: datetime) -> None:
    session.execute(
        update(CredentialSigner)
        .where(CredentialSigner.name == name)
        .values(seed_cipher=None, **changes)
    )
