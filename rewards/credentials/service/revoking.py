"""Ending credentials: with their award, at the holder's request, or with the key that signed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, delete, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.kit.db import AnyRow
from rewards.badges import queries as badges
from rewards.credentials.errors import CredentialUnknown
from rewards.credentials.models import (
    Credential,
    CredentialLookup,
    CredentialPlace,
    CredentialShare,
    CredentialStatusList,
)
from rewards.credentials.rules import Cause


def revoke(session: Session, *, borrower_id: UUID, award_id: UUID, now: datetime) -> None:
    """At her request. Refuses: CredentialUnknown."""
    # The lock under which they are made, so that none is made in between.
    badges.find_award_for_update(session, borrower_id=borrower_id, award_id=award_id)
    mine = (Credential.borrower_id == borrower_id, Credential.award_id == award_id)
    if not _revoke(session, *mine, cause=Cause.AT_HER_REQUEST, now=now):
        raise CredentialUnknown


def revoke_of_awards(
    session: Session, *, awards: Collection[tuple[UUID, UUID]], now: datetime
) -> int:
    """Those of awards that were taken back, each by borrower and id; how many there were."""
    named = tuple_(Credential.borrower_id, Credential.award_id).in_(sorted(awards))
    return _revoke(session, named, cause=Cause.AWARD_REVOKED, now=now)


def revoke_signed_by(session: Session, *, signer: str, cause: Cause, now: datetime) -> int:
    """Those that a key signed; how many there were."""
    return _revoke(session, Credential.signer == signer, cause=cause, now=now)


def _revoke(session: Session, *where: ColumnElement[bool], cause: Cause, now: datetime) -> int:
    rows = session.execute(
        select(Credential.borrower_id, Credential.id, Credential.list_number)
        .where(*where, Credential.revoked_at.is_(None))
        .order_by(Credential.borrower_id, Credential.id)
        .with_for_update()
    ).all()
    if not rows:
        return 0
    owners, ids = _array([row.borrower_id for row in rows]), _array([row.id for row in rows])
    session.execute(
        update(Credential)
        .where(Credential.borrower_id == owners, Credential.id == ids)
        .values(revoked_at=now, revoked_cause=cause)
    )
    # Nobody finds it by its id or by its page any more; the place alone goes on telling.
    session.execute(
        delete(CredentialShare).where(
            CredentialShare.borrower_id == owners, CredentialShare.credential_id == ids
        )
    )
    session.execute(
        delete(CredentialLookup).where(
            CredentialLookup.borrower_id == owners, CredentialLookup.id == ids
        )
    )
    session.execute(
        update(CredentialPlace).where(CredentialPlace.credential_id == ids).values(revoked_at=now)
    )
    _turn(session, rows)
    return len(rows)


def _turn(session: Session, rows: Sequence[AnyRow]) -> None:
    """Give each list that changed its next revision. The last lock, and always in one order."""
    numbers = sorted({row.list_number for row in rows})
    lists = CredentialStatusList.number.in_(numbers)
    session.execute(
        select(CredentialStatusList.number)
        .where(lists)
        .order_by(CredentialStatusList.number)
        .with_for_update()
    )
    session.execute(
        update(CredentialStatusList)
        .where(lists)
        # The machine's time under the lock: it never runs back from one revision to the next.
        .values(revision=CredentialStatusList.revision + 1, changed_at=func.clock_timestamp())
    )


def _array(ids: Sequence[UUID]) -> Any:
    return any_(literal(list(ids), ARRAY(Uuid)))
