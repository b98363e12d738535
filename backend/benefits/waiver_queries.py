"""Reads of waiver requests."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.benefits.errors import WaiverRequestUnknown
from backend.benefits.models import WaiverRequest
from backend.benefits.waiver_rules import State
from backend.borrowers import queries as borrowers
from backend.borrowers.rules import Viewer
from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from backend.kit.wiring import SealedColumn

CONTEXT = "waiver_request.answer"
SEALED = (SealedColumn("waiver_request", "answer_cipher", context=CONTEXT),)


def page_own(session: Session, *, borrower_id: UUID, args: Mapping[str, object]) -> Page:
    """Her requests, newest first."""
    query = select(WaiverRequest.__table__).where(WaiverRequest.borrower_id == borrower_id)
    return page(session, query, keys=(WaiverRequest.id,), args=args, descending=True)


def page_queue(session: Session, *, who: Viewer, args: Mapping[str, object]) -> Page:
    """Requests that wait for a person, of borrowers whom she may see; the first due first."""
    query = select(WaiverRequest.__table__).where(
        WaiverRequest.state == State.OPEN, borrowers.visible_to(who, WaiverRequest.borrower_id)
    )
    return page(session, query, keys=(WaiverRequest.due_on, WaiverRequest.id), args=args)


def get_request(session: Session, *, borrower_id: UUID, request_id: UUID) -> AnyRow:
    """One request of hers. Refuses: WaiverRequestUnknown."""
    return _got(session, _one(borrower_id, request_id))


def get_request_for_update(session: Session, *, borrower_id: UUID, request_id: UUID) -> AnyRow:
    """The same, locked. Refuses: WaiverRequestUnknown."""
    return _got(session, _one(borrower_id, request_id).with_for_update())


def _one(borrower_id: UUID, request_id: UUID) -> Select[tuple[object, ...]]:
    return select(WaiverRequest.__table__).where(
        WaiverRequest.borrower_id == borrower_id, WaiverRequest.id == request_id
    )


def _got(session: Session, query: Select[tuple[object, ...]]) -> AnyRow:
    row = session.execute(query).first()
    if row is None:
        raise WaiverRequestUnknown
    return row


def list_states(session: Session, *, borrower_id: UUID, loan_id: UUID) -> dict[UUID, State]:
    """How each request of a loan stands."""
    rows = session.execute(
        select(WaiverRequest.id, WaiverRequest.state).where(
            WaiverRequest.borrower_id == borrower_id, WaiverRequest.loan_id == loan_id
        )
    )
    return {row.id: State(row.state) for row in rows}


def open_answer(sealed: bytes | None) -> str | None:
    """What she was answered, in the clear."""
    return None if sealed is None else crypto.decrypt(sealed, context=CONTEXT)
