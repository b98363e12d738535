"""The page of a credential: opened and closed by its holder."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from rewards.credentials import queries
from rewards.credentials.errors import CredentialUnknown, ShareUnknown
from rewards.credentials.models import CredentialShare


def open_share(session: Session, *, borrower_id: UUID, award_id: UUID, now: datetime) -> AnyRow:
    """Its page; a second time the same. Refuses: CredentialUnknown."""
    live = queries.find_live_for_update(session, borrower_id=borrower_id, award_id=award_id)
    if live is None:
        raise CredentialUnknown
    session.execute(
        insert(CredentialShare)
        .values(id=uuid4(), borrower_id=borrower_id, credential_id=live.id, opened_at=now)
        .on_conflict_do_nothing()
    )
    return get_share(session, borrower_id=borrower_id, award_id=award_id)


def close_share(session: Session, *, borrower_id: UUID, award_id: UUID) -> None:
    """Nobody finds it any more; opened again it has another address. Refuses: ShareUnknown."""
    live = queries.find_live_for_update(session, borrower_id=borrower_id, award_id=award_id)
    if live is None:
        raise ShareUnknown
    closed = session.execute(
        delete(CredentialShare)
        .where(CredentialShare.borrower_id == borrower_id, CredentialShare.credential_id == live.id)
        .returning(CredentialShare.id)
    ).first()
    if closed is None:
        raise ShareUnknown


def get_share(session: Session, *, borrower_id: UUID, award_id: UUID) -> AnyRow:
    """Refuses: ShareUnknown."""
    row = queries.find_share(session, borrower_id=borrower_id, award_id=award_id)
    if row is None:
        raise ShareUnknown
    return row
