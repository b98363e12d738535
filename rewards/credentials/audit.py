"""Proof that what is published of credentials is what stands in the books."""

from collections.abc import Iterator

from sqlalchemy import String, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from backend.events.badges import BadgeRevoked
from backend.kit.outbox import DeliveryRow, EventRow
from backend.kit.wiring import Audit
from rewards.badges.models import BadgeAward
from rewards.badges.rules import State
from rewards.credentials.handlers import NAME
from rewards.credentials.models import (
    Credential,
    CredentialLookup,
    CredentialPlace,
    CredentialShare,
    CredentialSigner,
)

_LIVE = Credential.revoked_at.is_(None)


def check_credentials(session: Session) -> Iterator[str]:
    """A line for each credential that says what is not so, or that cannot be checked."""
    yield from _awards(session)
    yield from _places(session)
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
    own_place = Credential.document.cast(JSONB)["credentialStatus"]["statusListIndex"].astext
    wrong = session.execute(select(Credential.id).where(own_place != Credential.place.cast(String)))
    for credential_id in wrong.scalars():
        yield f"credential {credential_id}: it names another place than it has"


def _signers(session: Session) -> Iterator[str]:
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
