"""Her right of reply."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from backend.documents import service as documents
from backend.kit import crypto
from backend.procedures import queries
from backend.procedures.errors import ReplyClosed
from backend.procedures.models import ProcedureReply
from backend.procedures.queries import REPLY
from backend.procedures.rules import (
    REPLIES_MAX,
    UNDECIDED,
    Ground,
    Sign,
    State,
    may_reply,
)
from backend.procedures.service.moves import move


def reply(
    session: Session,
    *,
    borrower_id: UUID,
    procedure_id: UUID,
    text: str,
    document_ids: Sequence[UUID],
    now: datetime,
) -> None:
    """Take what she says; where the ground was silence, that ends the case.

    Refuses: ProcedureUnknown, ReplyClosed, DocumentUnknown, DocumentMoveRefused.
    """
    row = queries.get_procedure(
        session, borrower_id=borrower_id, procedure_id=procedure_id, is_locked=True
    )
    state, ground = State(row.state), Ground(row.ground)
    number = session.execute(
        select(func.count())
        .select_from(ProcedureReply)
        .where(
            ProcedureReply.borrower_id == borrower_id,
            ProcedureReply.procedure_id == procedure_id,
        )
    ).scalar_one()
    if not may_reply(state, ground) or number >= REPLIES_MAX:
        raise ReplyClosed
    documents.use_documents(
        session,
        borrower_id=borrower_id,
        document_ids=document_ids,
        used_for=f"procedure:{procedure_id}",
        now=now,
    )
    session.execute(
        insert(ProcedureReply).values(
            borrower_id=borrower_id,
            procedure_id=procedure_id,
            number=number + 1,
            text_cipher=crypto.encrypt(text, context=REPLY),
            document_ids=[str(each) for each in document_ids],
            at=now,
        )
    )
    if state in UNDECIDED and state is not State.REPLIED:
        move(session, row, to=State.REPLIED, reason=Sign.REPLY, staff_id=None, now=now)
        row = queries.get_procedure(session, borrower_id=borrower_id, procedure_id=procedure_id)
    if ground is Ground.SILENCE:
        move(session, row, to=State.WITHDRAWN, reason=Sign.REPLY, staff_id=None, now=now)
