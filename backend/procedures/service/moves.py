"""The one way a case moves: by the table of moves, with its step and its news."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from backend.borrowers.errors import BorrowerNotFound
from backend.borrowers.models import Borrower
from backend.events.procedures import ProcedureMoved
from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.kit.outbox import announce
from backend.loans.models import Loan
from backend.procedures.errors import ProcedureMoveRefused
from backend.procedures.models import Procedure, ProcedureStep
from backend.procedures.queries import REASON
from backend.procedures.rules import State, may_move


def lock_borrower(session: Session, *, borrower_id: UUID, with_payments: bool) -> str:
    """Let no contact and, where asked, no payment of hers slip in; answers her zone.

    A contact takes her row in share, a payment its loan: what came first is seen after this, and
    what comes later comes after the caller's act. Refuses: BorrowerNotFound.
    """
    zone = session.execute(
        select(Borrower.timezone).where(Borrower.id == borrower_id).with_for_update(key_share=True)
    ).scalar_one_or_none()
    if zone is None:
        raise BorrowerNotFound
    if with_payments:
        session.execute(
            select(Loan.id)
            .where(Loan.borrower_id == borrower_id)
            .order_by(Loan.id)
            .with_for_update()
        )
    return zone


def move(
    session: Session,
    procedure: AnyRow,
    *,
    to: State,
    reason: str,
    staff_id: UUID | None,
    now: datetime,
    **values: Any,
) -> None:
    """Move a locked case. Refuses: ProcedureMoveRefused."""
    if not may_move(State(procedure.state), to):
        raise ProcedureMoveRefused
    session.execute(
        update(Procedure)
        .where(Procedure.borrower_id == procedure.borrower_id, Procedure.id == procedure.id)
        .values(state=to, **values)
    )
    note_step(session, procedure, state=to, reason=reason, staff_id=staff_id, now=now)


def note_step(
    session: Session,
    procedure: Any,
    *,
    state: State,
    reason: str,
    staff_id: UUID | None,
    now: datetime,
) -> None:
    """Write a step down and tell it; the case's own row, which is locked, keeps numbers apart."""
    number = session.execute(
        select(func.coalesce(func.max(ProcedureStep.number), 0) + 1).where(
            ProcedureStep.borrower_id == procedure.borrower_id,
            ProcedureStep.procedure_id == procedure.id,
        )
    ).scalar_one()
    session.execute(
        insert(ProcedureStep).values(
            borrower_id=procedure.borrower_id,
            procedure_id=procedure.id,
            number=number,
            state=state,
            reason_cipher=crypto.encrypt(reason, context=REASON),
            staff_id=staff_id,
            at=now,
        )
    )
    announce(
        session,
        ProcedureMoved(
            borrower_id=procedure.borrower_id,
            occurred_at=now,
            procedure_id=procedure.id,
            ground=procedure.ground,
            state=state,
        ),
    )
