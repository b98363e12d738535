"""While a request waits she is left in peace: her tier, her reminders, penalties on the loan."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from backend.benefits import service as benefits
from backend.contacts import service as contacts
from backend.core_instructions import service as core
from backend.core_instructions.rules import Kind as Instruction
from backend.kit.db import AnyRow
from backend.loans.models import Loan
from backend.loans.queries import LoanKey
from backend.repayment_plans import queries
from backend.repayment_plans.models import PlanFreeze
from backend.repayment_plans.rules import FINAL, FREEZING, RUNNING, State
from backend.tiers import service as tiers

PENALTY_CAUSE = "plan-freeze"


def follow(
    session: Session, row: AnyRow, *, from_state: State | None, today: date, now: datetime
) -> None:
    """Let the freeze begin, last or end with a move; a plan that is kept holds the tier too."""
    state = State(row.state)
    if state in FREEZING:
        last(session, row, until_on=row.due_on, now=now)
        if from_state is None or from_state not in FREEZING:
            _begin(session, row, today=today, now=now)
    elif from_state in FREEZING:
        _end(session, row, today=today, now=now)
    if state in RUNNING:
        keep_tier(session, row, now=now)
    elif state in FINAL and row.accepted_at is not None:
        cause = _plan_cause(row)
        tiers.lift_freeze(session, borrower_id=row.borrower_id, cause=cause, today=today)


def keep_tier(session: Session, row: AnyRow, *, now: datetime) -> None:
    """No worse tier while a plan is kept. A freeze has a longest, so it is said again and again."""
    tiers.freeze(
        session,
        borrower_id=row.borrower_id,
        cause=_plan_cause(row),
        until_on=row.due_on,
        now=now,
    )


def last(session: Session, row: AnyRow, *, until_on: date, now: datetime) -> None:
    """No reminder and no worse tier up to and including a day."""
    cause = _cause(row)
    tiers.freeze(session, borrower_id=row.borrower_id, cause=cause, until_on=until_on, now=now)
    contacts.hold(session, borrower_id=row.borrower_id, cause=cause, until_on=until_on, now=now)


def offset_penalties(session: Session, *, borrower_id: UUID, loan_id: UUID, now: datetime) -> int:
    """Set waivers against the penalties that fell into freezes of a loan; once each."""
    spans = queries.list_freezes(session, borrower_id=borrower_id, loan_id=loan_id)
    if not spans:
        return 0
    key = LoanKey(borrower_id, loan_id)
    return benefits.offset_penalties(session, key=key, spans=spans, cause=PENALTY_CAUSE, now=now)


def _begin(session: Session, row: AnyRow, *, today: date, now: datetime) -> None:
    loan_id = row.booked_loan_id or row.loan_id  # a conversion made a loan of its own
    number = (
        1
        + session.execute(
            select(func.count()).where(
                PlanFreeze.borrower_id == row.borrower_id, PlanFreeze.request_id == row.id
            )
        ).scalar_one()
    )
    session.execute(
        insert(PlanFreeze).values(
            borrower_id=row.borrower_id,
            request_id=row.id,
            number=number,
            loan_id=loan_id,
            from_on=today,
        )
    )
    _instruct(session, row, Instruction.PENALTY_FREEZE, loan_id, number=number, on=today, now=now)


def _end(session: Session, row: AnyRow, *, today: date, now: datetime) -> None:
    cause = _cause(row)
    tiers.lift_freeze(session, borrower_id=row.borrower_id, cause=cause, today=today)
    contacts.release(session, borrower_id=row.borrower_id, cause=cause)
    ended = session.execute(
        update(PlanFreeze)
        .where(
            PlanFreeze.borrower_id == row.borrower_id,
            PlanFreeze.request_id == row.id,
            PlanFreeze.until_on.is_(None),
        )
        # A clock that was set back ends nothing before it began.
        .values(until_on=func.greatest(PlanFreeze.from_on, today))
        .returning(PlanFreeze.number, PlanFreeze.loan_id)
    ).one()
    kind = Instruction.PENALTY_UNFREEZE
    _instruct(session, row, kind, ended.loan_id, number=ended.number, on=today, now=now)


def _instruct(
    session: Session,
    row: AnyRow,
    kind: Instruction,
    loan_id: UUID,
    *,
    number: int,
    on: date,
    now: datetime,
) -> None:
    loan = session.execute(
        select(Loan.external_id).where(Loan.borrower_id == row.borrower_id, Loan.id == loan_id)
    ).one()
    core.instruct(
        session,
        borrower_id=row.borrower_id,
        kind=kind,
        occasion=f"plan:{row.id}:{kind}:{number}",
        payload={
            "plan_id": str(row.id),
            "loan_external_id": loan.external_id,
            "on": on.isoformat(),
        },
        now=now,
    )


def _cause(row: AnyRow) -> str:
    return f"plan-request:{row.id}"


def _plan_cause(row: AnyRow) -> str:
    return f"plan-kept:{row.id}"
