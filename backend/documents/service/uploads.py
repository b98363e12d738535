"""A document comes, is handed in for something, or is taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.borrowers.errors import BorrowerNotFound
from backend.borrowers.models import Borrower
from backend.consents import queries as consents
from backend.consents.rules import Purpose
from backend.documents import contents, queries, rules
from backend.documents.errors import (
    DocumentConsentNeeded,
    DocumentInUse,
    DocumentLimit,
    DocumentMoveRefused,
    DocumentSentBefore,
    DocumentUnknown,
)
from backend.documents.models import Document, DocumentContent, DocumentUse
from backend.documents.rules import Inspected, Kind, Scan, State
from backend.kit.ids import new_id


@dataclass(frozen=True)
class Upload:
    """What she says of a file."""

    kind: Kind
    issuer: str | None = None
    period_from_on: date | None = None
    period_to_on: date | None = None


def add_document(
    session: Session, *, borrower_id: UUID, upload: Upload, file: Inspected, now: datetime
) -> UUID:
    """Keep it, sealed, to be scanned. The same file again, as the same kind, is the same document.

    Refuses: BorrowerNotFound, DocumentConsentNeeded, DocumentSentBefore, DocumentLimit.
    """
    # Her own row is the lock under which her documents are counted.
    held = select(Borrower.id).where(Borrower.id == borrower_id).with_for_update(key_share=True)
    if session.execute(held).scalar_one_or_none() is None:
        raise BorrowerNotFound
    if upload.kind in rules.SENSITIVE and not consents.is_granted(
        session, borrower_id=borrower_id, purpose=Purpose.SENSITIVE_DOCUMENTS
    ):
        raise DocumentConsentNeeded
    known = queries.find_by_hash(session, borrower_id=borrower_id, sha256=file.sha256)
    if known is not None:
        if known.kind != upload.kind:
            raise DocumentSentBefore
        found: UUID = known.id
        return found
    room = queries.get_room(session, borrower_id=borrower_id)
    if not rules.has_room(room, size=len(file.content)):
        raise DocumentLimit
    return _store(session, borrower_id=borrower_id, upload=upload, file=file, now=now)


def _store(
    session: Session, *, borrower_id: UUID, upload: Upload, file: Inspected, now: datetime
) -> UUID:
    document_id = new_id()
    session.execute(
        insert(Document).values(
            borrower_id=borrower_id,
            id=document_id,
            kind=upload.kind,
            media_type=file.media_type,
            size_bytes=len(file.content),
            sha256=file.sha256,
            issuer_cipher=contents.seal_issuer(upload.issuer),
            period_from_on=upload.period_from_on,
            period_to_on=upload.period_to_on,
            state=State.RECEIVED,
            uploaded_at=now,
            scan=Scan.WAITING,
            # By the database's own clock: a demo's business day has no hours to wait for.
            scan_due_at=func.now(),
        )
    )
    key_cipher, content = contents.seal_content(file.content)
    session.execute(
        insert(DocumentContent).values(
            borrower_id=borrower_id,
            document_id=document_id,
            key_cipher=key_cipher,
            content=content,
        )
    )
    return document_id


def delete_document(session: Session, *, borrower_id: UUID, document_id: UUID) -> None:
    """She takes it back, bytes and all. Refuses: DocumentUnknown, DocumentInUse."""
    document = queries.get_for_update(session, borrower_id=borrower_id, document_id=document_id)
    only = [document_id]
    may = rules.may_be_deleted(
        State(document.state),
        uses=queries.count_uses(session, borrower_id=borrower_id, document_id=document_id),
        checks=len(queries.list_verifications(session, borrower_id=borrower_id, document_ids=only)),
        suspicions=len(
            queries.list_suspicions(session, borrower_id=borrower_id, document_ids=only)
        ),
    )
    if not may:
        raise DocumentInUse
    session.execute(
        delete(DocumentContent).where(
            DocumentContent.borrower_id == borrower_id, DocumentContent.document_id == document_id
        )
    )
    session.execute(
        delete(Document).where(Document.borrower_id == borrower_id, Document.id == document_id)
    )


def use_documents(
    session: Session,
    *,
    borrower_id: UUID,
    document_ids: Collection[UUID],
    used_for: str,
    now: datetime,
) -> None:
    """Hand hers in for something, "hardship:ID"; from then on they stay.

    Refuses: DocumentUnknown, DocumentMoveRefused (found forged).
    """
    wanted = sorted(set(document_ids))
    if not wanted:
        return
    rows = session.execute(
        select(Document.id, Document.state)
        .where(Document.borrower_id == borrower_id, Document.id.in_(wanted))
        .order_by(Document.id)
        .with_for_update()
    ).all()
    if len(rows) < len(wanted):
        raise DocumentUnknown
    if any(row.state == State.FORGED for row in rows):
        raise DocumentMoveRefused
    session.execute(
        upsert(DocumentUse)
        .values(
            [
                {
                    "borrower_id": borrower_id,
                    "document_id": each,
                    "used_for": used_for,
                    "used_at": now,
                }
                for each in wanted
            ]
        )
        .on_conflict_do_nothing()
    )
