"""Proof that what is published of credentials is what stands in the books."""

from collections.abc import Iterator
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import exists, func, literal, select, tuple_
from sqlalchemy.orm import Session

from backend.events.badges import BadgeRevoked
from backend.kit.db import AnyRow
from backend.kit.outbox import DeliveryRow, EventRow
from backend.kit.wiring import Audit
from rewards.badges.models import BadgeAward
from rewards.badges.rules import State
from rewards.credentials import integrity, keys, queries
from rewards.credentials.errors import UnreadableCredential
from rewards.credentials.handlers import NAME
from rewards.credentials.models import (
    Credential,
    CredentialLookup,
    CredentialPlace,
    CredentialShare,
    CredentialSigner,
)
from rewards.credentials.service.signers import is_seed_of

CHUNK = 200  # each takes some milliseconds, and the transaction must not seem idle
_LIVE = Credential.revoked_at.is_(None)


def check_credentials(session: Session) -> Iterator[str]:
    """A line for each credential that says what is not so, or that cannot be checked."""
    yield from _awards(session)
    yield from _places(session)
    yield from _documents(session)
    yield from _signers(session)
    yield from _lookups(session)


def _awards(session: Session) -> Iterator[str]:
    # What was taken back a moment ago is heard in a moment; until then it is no difference.
    is_on_its_way = exists().where(
        EventRow.name == BadgeRevoked.__name__,
        EventRow.borrower_id == Credential.borrower_id,
        DeliveryRow.seq == EventRow.seq,
        DeliveryRow.handler == NAME,
        DeliveryRow.done_at.is_(None),
        DeliveryRow.parked_at.is_(None),
    )
    rows = session.execute(
        select(Credential.id)
        .join(
            BadgeAward,
            (BadgeAward.borrower_id == Credential.borrower_id)
            & (BadgeAward.id == Credential.award_id),
        )
        .where(_LIVE, BadgeAward.state != State.STANDING, ~is_on_its_way)
    )
    for credential_id in rows.scalars():
        yield f"credential {credential_id}: valid, and its award was taken back"


def _places(session: Session) -> Iterator[str]:
    rows = session.execute(
        select(Credential.id, CredentialPlace.revoked_at, Credential.revoked_at.label("ended_at"))
        .join(CredentialPlace, CredentialPlace.credential_id == Credential.id)
        .where(CredentialPlace.revoked_at.is_distinct_from(Credential.revoked_at))
    )
    for row in rows:
        said, is_so = (each is not None for each in (row.revoked_at, row.ended_at))
        yield f"credential {row.id}: revoked {is_so}, and its status list says {said}"
    shared = session.execute(
        select(Credential.list_number, Credential.place)
        .group_by(Credential.list_number, Credential.place)
        .having(func.count() > 1)
    )
    for number, place in shared:
        yield f"status list {number}: place {place} was given more than once"


def _documents(session: Session) -> Iterator[str]:
    """Each valid credential is still what its key signed, and names its own address and place."""
    public = {row.name: bytes(row.public_key) for row in queries.list_keys(session)}
    order = (Credential.borrower_id, Credential.id)
    after: tuple[UUID, UUID] = (UUID(int=0), UUID(int=0))
    while True:
        rows = session.execute(
            select(*order, Credential.document, Credential.place, Credential.signer)
            .where(_LIVE, tuple_(*order) > tuple_(*map(literal, after)))
            .order_by(*order)
            .limit(CHUNK)
        ).all()
        for row in rows:
            if not _is_as_signed(row, Ed25519PublicKey.from_public_bytes(public[row.signer])):
                yield f"credential {row.id}: it is not what was signed for its place"
        if len(rows) < CHUNK:
            return
        after = (rows[-1].borrower_id, rows[-1].id)


def _is_as_signed(row: AnyRow, key: Ed25519PublicKey) -> bool:
    try:
        document = orjson.loads(row.document)
        is_signed = integrity.verify(document, public_key=key)
    except (ValueError, UnreadableCredential):
        return False
    # Under whichever address it was issued: an installation may have moved.
    is_here = is_signed and document["id"].endswith(f"/credentials/{row.id}")
    return is_here and document["credentialStatus"]["statusListIndex"] == str(row.place)


def _signers(session: Session) -> Iterator[str]:
    for row in queries.list_keys(session):
        name = keys.multikey(Ed25519PublicKey.from_public_bytes(bytes(row.public_key)))
        if name != row.name:
            yield f"signing key {row.name}: it is another, {name}"
        if row.seed_cipher is not None and not is_seed_of(row):
            yield f"signing key {row.name}: its seed was altered"
    rows = session.execute(
        select(Credential.id)
        .join(CredentialSigner, CredentialSigner.name == Credential.signer)
        .where(_LIVE, CredentialSigner.withdrawn_at.is_not(None))
    )
    for credential_id in rows.scalars():
        yield f"credential {credential_id}: valid, and its key was withdrawn"


def _lookups(session: Session) -> Iterator[str]:
    is_found = exists().where(
        CredentialLookup.id == Credential.id,
        CredentialLookup.borrower_id == Credential.borrower_id,
    )
    rows = session.execute(
        select(Credential.id, _LIVE.label("is_live")).where(is_found.is_distinct_from(_LIVE))
    )
    for row in rows:
        yield f"credential {row.id}: valid {row.is_live}, and its address says otherwise"
    shown = session.execute(
        select(CredentialShare.credential_id)
        .join(
            Credential,
            (Credential.borrower_id == CredentialShare.borrower_id)
            & (Credential.id == CredentialShare.credential_id),
        )
        .where(~_LIVE)
    )
    for credential_id in shown.scalars():
        yield f"credential {credential_id}: valid no more, and its page is open"


AUDITS = (Audit(name="credentials", run=check_credentials),)
