"""What the issuer publishes, as bytes. The same rows make the same bytes in every process."""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

import orjson
from cachetools import LRUCache
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from rewards.credentials import documents, issuer, origin, queries, status_list
from rewards.credentials.errors import CredentialUnknown
from rewards.credentials.service import signers
from rewards.credentials.service.signers import Signer

LISTS_KEPT = 64

Key = tuple[str, int, int, str]

_lists: LRUCache[Key, bytes] = LRUCache(maxsize=LISTS_KEPT)
_lock = Lock()


def show_issuer() -> bytes:
    """The issuer's profile."""
    return orjson.dumps(documents.with_contexts(issuer.profile()))


def show_achievement(session: Session, *, code: str) -> bytes:
    """A badge that was ever published, retired or not. Refuses: CredentialUnknown."""
    shown = queries.find_badge(session, code=code)
    if shown is None:
        raise CredentialUnknown
    return orjson.dumps(documents.with_contexts(issuer.achievement(shown.code, shown.document)))


def show_did(session: Session) -> tuple[bytes, bool]:
    """The issuer's document [DID Core], of every key whose signatures hold; if there is any."""
    keys = [
        Ed25519PublicKey.from_public_bytes(bytes(row.public_key))
        for row in queries.list_published_keys(session)
    ]
    return orjson.dumps(documents.did_document(origin.get_did(), public_keys=keys)), bool(keys)


def show_list(session: Session, *, number: int, at: datetime) -> bytes:
    """A status list, signed; once for each revision of it. Refuses: CredentialUnknown."""
    # Its revision before its places: what is kept is then as new as it says, or newer.
    found = queries.find_list(session, number=number)
    signer = None if found is None else signers.find_signing(session, at=at)
    if found is None or signer is None:
        raise CredentialUnknown
    key = (origin.get_base(), number, found.revision, signer.name)
    with _lock:
        known = _lists.get(key)
    if known is not None:
        return known
    revoked = queries.list_revoked(session, number=number)
    made = _sign_list(number, revoked, changed_at=found.changed_at, signer=signer)
    with _lock:
        _lists[key] = made
    return made


def _sign_list(
    number: int, revoked: Sequence[int], *, changed_at: datetime, signer: Signer
) -> bytes:
    document = documents.status_list_credential(
        list_url=issuer.list_url(number),
        did=origin.get_did(),
        encoded=status_list.encode(status_list.bits_of(revoked)),
        valid_from=changed_at,
    )
    signed = issuer.sign(
        document, name=signer.name, private_key=signer.private_key, created=changed_at
    )
    return orjson.dumps(signed)


def forget() -> None:
    """Empty this process's memory: for tests, whose databases number their lists alike."""
    with _lock:
        _lists.clear()
