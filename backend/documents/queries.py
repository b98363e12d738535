"""Reads of documents. Whose a document is stands in every question."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.documents import contents
from backend.documents.errors import DocumentUnknown, SuspicionUnknown
from backend.documents.models import (
    Document,
    DocumentContent,
    DocumentSuspicion,
    DocumentUse,
    DocumentVerification,
)
from backend.documents.rules import OPEN, Kind, Outcome, Room, State
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page


def page_own(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """Her documents, newest first, without what is in them."""
    query = select(Document.__table__).where(Document.borrower_id == borrower_id)
    return page(session, query, keys=(Document.id,), descending=True, args=args)


def get_document(session: Session, *, borrower_id: UUID, document_id: UUID) -> AnyRow:
    """One of hers. Refuses: DocumentUnknown."""
    row = session.execute(
        select(Document.__table__).where(
            Document.borrower_id == borrower_id, Document.id == document_id
        )
    ).first()
    if row is None:
        raise DocumentUnknown
    return row


def get_for_update(session: Session, *, borrower_id: UUID, document_id: UUID) -> AnyRow:
    """The same, locked. Refuses: DocumentUnknown."""
    row = session.execute(
        select(Document.__table__)
        .where(Document.borrower_id == borrower_id, Document.id == document_id)
        .with_for_update()
    ).first()
    if row is None:
        raise DocumentUnknown
    return row


def lock_documents(session: Session, *, borrower_id: UUID, document_ids: Collection[UUID]) -> None:
    """Lock those that are hers, in the order in which everybody locks several."""
    session.execute(
        select(Document.id)
        .where(Document.borrower_id == borrower_id, Document.id.in_(sorted(set(document_ids))))
        .order_by(Document.id)
        .with_for_update()
    ).all()


def find_by_hash(session: Session, *, borrower_id: UUID, sha256: bytes) -> AnyRow | None:
    """The document that these bytes are already."""
    return session.execute(
        select(Document.id, Document.kind).where(
            Document.borrower_id == borrower_id, Document.sha256 == sha256
        )
    ).first()


def get_room(session: Session, *, borrower_id: UUID) -> Room:
    """How much she has sent."""
    row = session.execute(
        select(
            func.count().filter(Document.state.in_(OPEN)),
            func.coalesce(func.sum(Document.size_bytes), 0),
        ).where(Document.borrower_id == borrower_id)
    ).one()
    return Room(open_count=int(row[0]), total_bytes=int(row[1]))


def get_content(session: Session, *, borrower_id: UUID, document_id: UUID) -> bytes:
    """What is in it, opened. Refuses: DocumentUnknown."""
    row = session.execute(
        select(DocumentContent.key_cipher, DocumentContent.content).where(
            DocumentContent.borrower_id == borrower_id, DocumentContent.document_id == document_id
        )
    ).first()
    if row is None:
        raise DocumentUnknown
    return contents.open_content(row.key_cipher, row.content)


def list_suspicions(
    session: Session, *, borrower_id: UUID, document_ids: Collection[UUID]
) -> Sequence[AnyRow]:
    """All that was ever asked about these, the oldest first."""
    return session.execute(
        select(DocumentSuspicion.__table__)
        .where(
            DocumentSuspicion.borrower_id == borrower_id,
            DocumentSuspicion.document_id.in_(document_ids),
        )
        .order_by(DocumentSuspicion.id)
    ).all()


def get_suspicion(session: Session, *, borrower_id: UUID, suspicion_id: UUID) -> AnyRow:
    """One. Refuses: SuspicionUnknown."""
    row = session.execute(
        select(DocumentSuspicion.__table__).where(
            DocumentSuspicion.borrower_id == borrower_id, DocumentSuspicion.id == suspicion_id
        )
    ).first()
    if row is None:
        raise SuspicionUnknown
    return row


def list_verifications(
    session: Session, *, borrower_id: UUID, document_ids: Collection[UUID]
) -> Sequence[AnyRow]:
    """All checks of these, the oldest first."""
    return session.execute(
        select(DocumentVerification.__table__)
        .where(
            DocumentVerification.borrower_id == borrower_id,
            DocumentVerification.document_id.in_(document_ids),
        )
        .order_by(DocumentVerification.id)
    ).all()


def list_checkers(
    session: Session, *, borrower_id: UUID, document_ids: Collection[UUID]
) -> frozenset[UUID]:
    """Who checked any of these: none of them decides on what they prove."""
    rows = session.execute(
        select(DocumentVerification.checked_by)
        .distinct()
        .where(
            DocumentVerification.borrower_id == borrower_id,
            DocumentVerification.document_id.in_(document_ids),
        )
    )
    return frozenset(rows.scalars())


def list_used_for(session: Session, *, borrower_id: UUID, used_for: str) -> list[UUID]:
    """Which documents were handed in for something."""
    return map_used_for(session, borrower_id=borrower_id, used_for=[used_for]).get(used_for, [])


def map_used_for(
    session: Session, *, borrower_id: UUID, used_for: Collection[str]
) -> dict[str, list[UUID]]:
    """The documents that were handed in for each of these."""
    rows = session.execute(
        select(DocumentUse.used_for, DocumentUse.document_id)
        .where(DocumentUse.borrower_id == borrower_id, DocumentUse.used_for.in_(used_for))
        .order_by(DocumentUse.document_id)
    )
    found: dict[str, list[UUID]] = {}
    for row in rows:
        found.setdefault(row.used_for, []).append(row.document_id)
    return found


def count_uses(session: Session, *, borrower_id: UUID, document_id: UUID) -> int:
    """For how many things it was handed in."""
    return session.execute(
        select(func.count()).where(
            DocumentUse.borrower_id == borrower_id, DocumentUse.document_id == document_id
        )
    ).scalar_one()


def find_verification(
    session: Session, *, borrower_id: UUID, document_id: UUID, today: date
) -> AnyRow | None:
    """The check by which a document is verified today, with its hash, or None."""
    return session.execute(
        select(
            DocumentVerification.expires_on,
            DocumentVerification.issuer_cipher,
            DocumentVerification.checked_by,
            Document.sha256,
            Document.kind,
        )
        .join(
            Document,
            (Document.borrower_id == DocumentVerification.borrower_id)
            & (Document.id == DocumentVerification.document_id),
        )
        .where(
            DocumentVerification.borrower_id == borrower_id,
            DocumentVerification.document_id == document_id,
            DocumentVerification.outcome == Outcome.VERIFIED,
            Document.state == State.VERIFIED,
            DocumentVerification.expires_on >= today,
        )
        # The state is verified, so the newest check is the one that made it so.
        .order_by(DocumentVerification.id.desc())
        .limit(1)
    ).first()


def open_issuer(verification: AnyRow) -> str:
    """Who issued what was verified, as the check found it."""
    return contents.opened(verification.issuer_cipher, context=contents.FOUND_ISSUER) or ""


def is_verified(session: Session, *, borrower_id: UUID, document_id: UUID, today: date) -> bool:
    """Whether somebody checked it, found it good, and it is good today."""
    found = find_verification(
        session, borrower_id=borrower_id, document_id=document_id, today=today
    )
    return found is not None


def list_verified_kinds(session: Session, *, borrower_id: UUID, today: date) -> frozenset[Kind]:
    """What is proven of her today."""
    rows = session.execute(
        select(Document.kind)
        .distinct()
        .join(
            DocumentVerification,
            (DocumentVerification.borrower_id == Document.borrower_id)
            & (DocumentVerification.document_id == Document.id),
        )
        .where(
            Document.borrower_id == borrower_id,
            Document.state == State.VERIFIED,
            DocumentVerification.outcome == Outcome.VERIFIED,
            DocumentVerification.expires_on >= today,
        )
    )
    return frozenset(Kind(kind) for kind in rows.scalars())


def find_open(session: Session, *, borrower_id: UUID, kind: Kind | None = None) -> Sequence[AnyRow]:
    """Her documents that nobody has decided on, the oldest first: id, kind, state, uploaded_at."""
    query = select(Document.id, Document.kind, Document.state, Document.uploaded_at).where(
        Document.borrower_id == borrower_id, Document.state.in_(OPEN)
    )
    if kind is not None:
        query = query.where(Document.kind == kind)
    return session.execute(query.order_by(Document.id)).all()
