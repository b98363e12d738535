"""What the night looks for: requests and plans that a passed day moves, page by page."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.loans.models import Installment
from backend.repayment_plans.models import PlanRequest
from backend.repayment_plans.rules import State

_WAITING = (
    State.INFO_REQUESTED,
    State.UNDER_REVIEW,
    State.APPEALED,
    State.OFFERED,
    State.COOLING_OFF,
    State.AWAITING_CORE,
    State.CORE_DIFFERS,
    State.BREACHED,
)


def list_past_due(
    session: Session, *, before: date, after: tuple[UUID, UUID], limit: int
) -> list[AnyRow]:
    """Requests whose next step was due before a day, in the order of their keys."""
    return _keys(
        session,
        and_(PlanRequest.state.in_(_WAITING), PlanRequest.due_on < before),
        after=after,
        limit=limit,
    )


def list_overdue_plans(
    session: Session, *, before: date, after: tuple[UUID, UUID], limit: int
) -> list[AnyRow]:
    """Plans in force on whose loan something was due before a day and is not paid."""
    late = exists().where(
        Installment.borrower_id == PlanRequest.borrower_id,
        Installment.loan_id == PlanRequest.booked_loan_id,
        Installment.due_on < before,
        Installment.due_on > PlanRequest.agreed_on,
        Installment.paid_on.is_(None),
    )
    states = (State.ACTIVE, State.CURED)
    return _keys(session, and_(PlanRequest.state.in_(states), late), after=after, limit=limit)


def _keys(session: Session, where: Any, *, after: tuple[UUID, UUID], limit: int) -> list[AnyRow]:
    borrower_id, request_id = after
    return list(
        session.execute(
            select(PlanRequest.borrower_id, PlanRequest.id)
            .where(
                where,
                or_(
                    PlanRequest.borrower_id > borrower_id,
                    and_(PlanRequest.borrower_id == borrower_id, PlanRequest.id > request_id),
                ),
            )
            .order_by(PlanRequest.borrower_id, PlanRequest.id)
            .limit(limit)
        )
    )
