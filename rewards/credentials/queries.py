"""Reads of credentials, of what is published, and of the issuer's keys."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from rewards.badges import queries as badges
from rewards.badges.models import Badge, BadgeAward, BadgeVersion
from rewards.credentials import origin
from rewards.credentials.errors import CredentialRevoked, CredentialUnknown, ShareUnknown
from rewards.credentials.models import (
    Credential,
    CredentialLookup,
    CredentialPlace,
    CredentialShare,
    CredentialSigner,
    CredentialStatusList,
)
from rewards.credentials.rules import OPAQUE, PLACES, public_code

STATUS_LISTS = "/status-lists/"
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def _live() -> Select[*tuple[object, ...]]:
    """Credentials that are valid, each with the badge as it was earned."""
    award = (BadgeAward.borrower_id == Credential.borrower_id) & (
        BadgeAward.id == Credential.award_id
    )
    version = (BadgeVersion.code == BadgeAward.code) & (BadgeVersion.version == BadgeAward.version)
    return (
        select(*Credential.__table__.c, BadgeVersion.document.label("badge"))
        .join(BadgeAward, award)
        .join(BadgeVersion, version)
        .where(Credential.revoked_at.is_(None))
    )


def find_live(session: Session, *, borrower_id: UUID, award_id: UUID) -> AnyRow | None:
    """The valid credential of an award of hers, with `badge`, the definition."""
    return session.execute(
        _live().where(Credential.borrower_id == borrower_id, Credential.award_id == award_id)
    ).first()


def get_live(session: Session, *, borrower_id: UUID, award_id: UUID) -> AnyRow:
    """The same. Refuses: CredentialUnknown."""
    row = find_live(session, borrower_id=borrower_id, award_id=award_id)
    if row is None:
        raise CredentialUnknown
    return row


def find_live_for_update(session: Session, *, borrower_id: UUID, award_id: UUID) -> AnyRow | None:
    """The row alone, locked."""
    return session.execute(
        select(*Credential.__table__.c)
        .where(
            Credential.borrower_id == borrower_id,
            Credential.award_id == award_id,
            Credential.revoked_at.is_(None),
        )
        .with_for_update()
    ).first()


def count_issued(session: Session, *, borrower_id: UUID, since: datetime) -> int:
    """How many were made for her since then, those among them that are valid no more."""
    return session.execute(
        select(func.count()).where(
            Credential.borrower_id == borrower_id, Credential.issued_at > since
        )
    ).scalar_one()


def get_published(session: Session, *, credential_id: UUID) -> AnyRow:
    """A valid credential by its id alone. Refuses: CredentialUnknown, CredentialRevoked."""
    owner = (CredentialLookup.borrower_id == Credential.borrower_id) & (
        CredentialLookup.id == Credential.id
    )
    row = session.execute(
        select(Credential.document, Credential.issued_at)
        .join(CredentialLookup, owner)
        .where(CredentialLookup.id == credential_id, Credential.revoked_at.is_(None))
    ).first()
    if row is not None:
        return row
    # The place is kept when everything else of it is gone.
    was_given = session.execute(
        select(CredentialPlace.place).where(CredentialPlace.credential_id == credential_id)
    ).first()
    raise CredentialUnknown if was_given is None else CredentialRevoked


def find_share(session: Session, *, borrower_id: UUID, award_id: UUID) -> AnyRow | None:
    """The page that she opened for the valid credential of an award."""
    return session.execute(
        select(CredentialShare.id, CredentialShare.opened_at)
        .join(
            Credential,
            (Credential.borrower_id == CredentialShare.borrower_id)
            & (Credential.id == CredentialShare.credential_id),
        )
        .where(
            Credential.borrower_id == borrower_id,
            Credential.award_id == award_id,
            Credential.revoked_at.is_(None),
        )
    ).first()


def get_shared(session: Session, *, share_id: UUID) -> AnyRow:
    """The credential behind a page, by the page's id alone. Refuses: ShareUnknown."""
    row = session.execute(
        _live()
        .join(
            CredentialShare,
            (CredentialShare.borrower_id == Credential.borrower_id)
            & (CredentialShare.credential_id == Credential.id),
        )
        .where(CredentialShare.id == share_id)
    ).first()
    if row is None:
        raise ShareUnknown
    return row


def find_badge(session: Session, *, code: str) -> AnyRow | None:
    """A badge by its code in public addresses: code, version and definition of the live version."""
    if not code.startswith(OPAQUE):
        return badges.find_shown(session, code=code) if public_code(code) == code else None
    codes = session.execute(select(Badge.code).where(Badge.live_version.is_not(None))).scalars()
    found = next((each for each in codes if public_code(each) == code), None)
    return None if found is None else badges.find_shown(session, code=found)


def find_list(session: Session, *, number: int) -> AnyRow | None:
    """A status list's number, revision and last change."""
    return session.execute(
        select(*CredentialStatusList.__table__.c).where(CredentialStatusList.number == number)
    ).first()


def list_revoked(session: Session, *, number: int) -> Sequence[int]:
    """The revoked places of a list; at most as many as it has."""
    return (
        session.execute(
            select(CredentialPlace.place)
            .where(CredentialPlace.list_number == number, CredentialPlace.revoked_at.is_not(None))
            .order_by(CredentialPlace.place)
            .limit(PLACES)
        )
        .scalars()
        .all()
    )


def is_revoked(session: Session, *, status_list: str, index: int) -> bool | None:
    """Whether a place of one of our lists, named by its address, is revoked.

    None: it is no list of ours, or the place was never given.
    """
    number = status_list.removeprefix(origin.get_base() + STATUS_LISTS)
    if _NUMBER.fullmatch(number) is None or not 0 <= index < PLACES:
        return None
    row = session.execute(
        select(CredentialPlace.revoked_at).where(
            CredentialPlace.list_number == int(number), CredentialPlace.place == index
        )
    ).first()
    return None if row is None else row.revoked_at is not None


def list_published_keys(session: Session) -> Sequence[AnyRow]:
    """Every key that is not withdrawn, newest first: those that sign, and those that did."""
    return session.execute(
        select(*CredentialSigner.__table__.c)
        .where(CredentialSigner.withdrawn_at.is_(None))
        .order_by(CredentialSigner.created_at.desc(), CredentialSigner.name)
    ).all()


def list_keys(session: Session) -> Sequence[AnyRow]:
    """Every key, newest first, those that are withdrawn among them."""
    return session.execute(
        select(*CredentialSigner.__table__.c).order_by(
            CredentialSigner.created_at.desc(), CredentialSigner.name
        )
    ).all()


def find_public_key(session: Session, *, verification_method: str) -> Ed25519PublicKey | None:
    """The published key of this full name. None: another issuer's, unknown or withdrawn."""
    did, _, name = verification_method.partition("#")
    if did != origin.get_did() or not name.isalnum():
        return None
    row = session.execute(
        select(CredentialSigner.public_key).where(
            CredentialSigner.name == name, CredentialSigner.withdrawn_at.is_(None)
        )
    ).first()
    return None if row is None else Ed25519PublicKey.from_public_bytes(bytes(row.public_key))
