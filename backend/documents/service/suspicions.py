"""Somebody thinks a document forged, she answers, and another person decides."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.documents import contents, queries, rules
from backend.documents.errors import (
    DocumentMoveRefused,
    ReplyNotOpen,
    ReplyTimeRunning,
    SuspicionDecided,
)
from backend.documents.models import Document, DocumentSuspicion
from backend.documents.rules import State, SuspicionState
from backend.documents.service.uploads import use_documents
from backend.events.documents import ForgerySuspected, ForgeryUpheld
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.outbox import announce
from backend.staff.errors import SecondPersonNeeded


def suspect(
    session: Session,
    *,
    borrower_id: UUID,
    document_id: UUID,
    grounds: str,
    suspected_by: UUID,
    today: date,
    now: datetime,
) -> UUID:
    """Ask her about a document that looks forged. Refuses: DocumentUnknown, DocumentMoveRefused."""
    document = queries.get_for_update(session, borrower_id=borrower_id, document_id=document_id)
    if not rules.may_move(State(document.state), State.SUSPECTED):
        raise DocumentMoveRefused
    suspicion_id = new_id()
    until = rules.reply_until(today)
    session.execute(
        insert(DocumentSuspicion).values(
            borrower_id=borrower_id,
            id=suspicion_id,
            document_id=document_id,
            state=SuspicionState.SUSPECTED,
            grounds_cipher=contents.seal_grounds(grounds),
            suspected_by=suspected_by,
            suspected_at=now,
            reply_until_on=until,
        )
    )
    _set_state(session, document, State.SUSPECTED)
    announce(
        session,
        ForgerySuspected(
            borrower_id=borrower_id,
            occurred_at=now,
            document_id=document_id,
            reply_until_on=until,
        ),
    )
    return suspicion_id


def reply(
    session: Session,
    *,
    borrower_id: UUID,
    document_id: UUID,
    words: str,
    document_ids: Collection[UUID],
    now: datetime,
) -> None:
    """Her answer, once; after her 14 days as well, while nobody has decided.

    Refuses: DocumentUnknown, ReplyNotOpen, DocumentMoveRefused.
    """
    # All of them in one order, for two answers may name each other's document.
    queries.lock_documents(
        session, borrower_id=borrower_id, document_ids={document_id, *document_ids}
    )
    queries.get_for_update(session, borrower_id=borrower_id, document_id=document_id)
    suspicion = session.execute(
        select(DocumentSuspicion.id, DocumentSuspicion.replied_at).where(
            DocumentSuspicion.borrower_id == borrower_id,
            DocumentSuspicion.document_id == document_id,
            DocumentSuspicion.state == SuspicionState.SUSPECTED,
        )
    ).first()
    if suspicion is None or suspicion.replied_at is not None:
        raise ReplyNotOpen
    use_documents(
        session,
        borrower_id=borrower_id,
        document_ids=document_ids,
        used_for=rules.reply_use(suspicion.id),
        now=now,
    )
    session.execute(
        update(DocumentSuspicion)
        .where(DocumentSuspicion.borrower_id == borrower_id, DocumentSuspicion.id == suspicion.id)
        .values(reply_cipher=contents.seal_reply(words), replied_at=now)
    )


def decide_suspicion(
    session: Session,
    *,
    borrower_id: UUID,
    suspicion_id: UUID,
    is_upheld: bool,
    reason: str,
    decided_by: UUID,
    today: date,
    now: datetime,
) -> None:
    """Find it forged, or not. Not may be found at any time; forged only once she was heard.

    Refuses: SuspicionUnknown, SuspicionDecided, SecondPersonNeeded, ReplyTimeRunning.
    """
    found = queries.get_suspicion(session, borrower_id=borrower_id, suspicion_id=suspicion_id)
    document = queries.get_for_update(
        session, borrower_id=borrower_id, document_id=found.document_id
    )
    # Once more under the document's lock, which everybody takes who changes either.
    found = queries.get_suspicion(session, borrower_id=borrower_id, suspicion_id=suspicion_id)
    _refuse_decision(found, is_upheld=is_upheld, decided_by=decided_by, today=today)
    session.execute(
        update(DocumentSuspicion)
        .where(DocumentSuspicion.borrower_id == borrower_id, DocumentSuspicion.id == suspicion_id)
        .values(
            state=SuspicionState.UPHELD if is_upheld else SuspicionState.DISMISSED,
            decision_cipher=contents.seal_decision(reason),
            decided_by=decided_by,
            decided_at=now,
        )
    )
    _set_state(session, document, State.FORGED if is_upheld else State.RECEIVED)
    if is_upheld:
        announce(
            session,
            ForgeryUpheld(borrower_id=borrower_id, occurred_at=now, document_id=document.id),
        )


def _refuse_decision(found: AnyRow, *, is_upheld: bool, decided_by: UUID, today: date) -> None:
    if found.state != SuspicionState.SUSPECTED:
        raise SuspicionDecided
    if found.suspected_by == decided_by:
        raise SecondPersonNeeded
    was_heard = rules.may_uphold(
        has_replied=found.replied_at is not None, reply_until_on=found.reply_until_on, today=today
    )
    if is_upheld and not was_heard:
        raise ReplyTimeRunning


def _set_state(session: Session, document: AnyRow, state: State) -> None:
    session.execute(
        update(Document)
        .where(Document.borrower_id == document.borrower_id, Document.id == document.id)
        .values(state=state)
    )
