"""Reads of disputes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.borrowers.rules import Viewer
from backend.disputes.errors import DisputeUnknown
from backend.disputes.models import Dispute, DisputeStep
from backend.disputes.rules import OPEN, State
from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from backend.kit.wiring import SealedColumn

CONTEXT = "dispute_step.words"
SEALED = (SealedColumn("dispute_step", "words_cipher", context=CONTEXT),)
STEPS_MAX = 200
PANEL_MAX = 20


def page_own(session: Session, *, borrower_id: UUID, args: Mapping[str, object]) -> Page:
    """Her disputes, newest first."""
    query = select(Dispute.__table__).where(Dispute.borrower_id == borrower_id)
    return page(session, query, keys=(Dispute.id,), args=args, descending=True)


def page_queue(session: Session, *, who: Viewer, args: Mapping[str, object]) -> Page:
    """Disputes that wait for staff, of borrowers whom she may see; what is due first, first."""
    query = select(Dispute.__table__).where(
        Dispute.state.in_(OPEN), borrowers.visible_to(who, Dispute.borrower_id)
    )
    return page(session, query, keys=(Dispute.due_on, Dispute.id), args=args)


def get_dispute(session: Session, *, borrower_id: UUID, dispute_id: UUID) -> AnyRow:
    """One dispute of hers. Refuses: DisputeUnknown."""
    return _got(session, _one(borrower_id, dispute_id))


def get_dispute_for_update(session: Session, *, borrower_id: UUID, dispute_id: UUID) -> AnyRow:
    """The same, locked. Refuses: DisputeUnknown."""
    return _got(session, _one(borrower_id, dispute_id).with_for_update())


def _one(borrower_id: UUID, dispute_id: UUID) -> Select[tuple[object, ...]]:
    return select(Dispute.__table__).where(
        Dispute.borrower_id == borrower_id, Dispute.id == dispute_id
    )


def _got(session: Session, query: Select[tuple[object, ...]]) -> AnyRow:
    row = session.execute(query).first()
    if row is None:
        raise DisputeUnknown
    return row


def list_steps(session: Session, *, borrower_id: UUID, dispute_id: UUID) -> list[dict[str, object]]:
    """What was said and done, the oldest first, in the clear."""
    rows = session.execute(
        select(DisputeStep.__table__)
        .where(DisputeStep.borrower_id == borrower_id, DisputeStep.dispute_id == dispute_id)
        .order_by(DisputeStep.number)
        .limit(STEPS_MAX)
    )
    return [
        {
            "state": row.state,
            "by": "borrower" if row.staff_id is None else "staff",
            "staff_id": row.staff_id,
            "text": open_words(row.words_cipher),
            "at": row.at,
        }
        for row in rows
    ]


def open_words(sealed: bytes | None) -> str | None:
    """Sealed words in the clear."""
    return None if sealed is None else crypto.decrypt(sealed, context=CONTEXT)


def count_steps(session: Session, *, borrower_id: UUID, dispute_id: UUID) -> int:
    """How many steps it has."""
    return session.execute(
        select(func.count()).where(
            DisputeStep.borrower_id == borrower_id, DisputeStep.dispute_id == dispute_id
        )
    ).scalar_one()


def list_open(session: Session, *, borrower_id: UUID) -> Sequence[AnyRow]:
    """Her open disputes: ids, loans and matters."""
    return session.execute(
        select(Dispute.id, Dispute.loan_id, Dispute.matter).where(
            Dispute.borrower_id == borrower_id, Dispute.state.in_(OPEN)
        )
    ).all()


def list_rejected_at(
    session: Session, *, borrower_id: UUID, loan_id: UUID, matter: str
) -> list[datetime]:
    """When a matter of a loan was rejected, each time."""
    rows = session.execute(
        select(Dispute.ended_at).where(
            Dispute.borrower_id == borrower_id,
            Dispute.loan_id == loan_id,
            Dispute.matter == matter,
            Dispute.state == State.REJECTED,
            Dispute.ended_at.is_not(None),
        )
    )
    return [at for at in rows.scalars() if at is not None]


def find_mended(session: Session, *, borrower_id: UUID, adjustment_id: UUID) -> UUID | None:
    """The dispute by which a line was mended, in whole or in part."""
    return session.execute(
        select(Dispute.id)
        .where(
            Dispute.borrower_id == borrower_id,
            Dispute.adjustment_id == adjustment_id,
            Dispute.state.in_((State.UPHELD, State.PARTLY_UPHELD)),
        )
        .limit(1)
    ).scalar_one_or_none()


def list_newest(session: Session, *, borrower_id: UUID) -> Sequence[AnyRow]:
    """The last of her disputes, newest first."""
    return session.execute(
        select(Dispute.__table__)
        .where(Dispute.borrower_id == borrower_id)
        .order_by(Dispute.id.desc())
        .limit(PANEL_MAX)
    ).all()
