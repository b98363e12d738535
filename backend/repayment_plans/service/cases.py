"""The one door through which a request moves: held, judged by the table, written down, told."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.events.plans import PlanStateChanged
from backend.evidence import service as evidence
from backend.kit.clock import day_in_zone
from backend.kit.db import AnyRow
from backend.kit.outbox import announce
from backend.loans import service as loans
from backend.loans.queries import LoanKey
from backend.plan_quotes import queries as quotes
from backend.repayment_plans import queries
from backend.repayment_plans.errors import PlanMoved, PlanRequestUnknown
from backend.repayment_plans.models import PlanRequest, PlanStateChange
from backend.repayment_plans.rules import FINAL, Actor, State, may_move
from backend.repayment_plans.service import freezes
from backend.tiers import service as tiers

DEFAULT_ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Held:
    """A request that this transaction holds, with its loan, on her day."""

    row: AnyRow
    today: date
    now: datetime

    @property
    def borrower_id(self) -> UUID:
        """Whose."""
        return self.row.borrower_id  # type: ignore[no-any-return]

    @property
    def id(self) -> UUID:
        """Which."""
        return self.row.id  # type: ignore[no-any-return]

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.row.state)


def her_day(session: Session, *, borrower_id: UUID, now: datetime) -> date:
    """The date in the zone of her contract."""
    zone = borrowers.find_timezone(session, borrower_id=borrower_id)
    return day_in_zone(now, zone or DEFAULT_ZONE)


def hold(session: Session, *, borrower_id: UUID, request_id: UUID, now: datetime) -> Held:
    """Lock a request, and before it her tier and the loan: everybody in that order.

    Refuses: PlanRequestUnknown.
    """
    tiers.lock(session, borrower_id=borrower_id)
    known = queries.get_request(session, borrower_id=borrower_id, request_id=request_id)
    ids = dict.fromkeys(each for each in (known.loan_id, known.booked_loan_id) if each)
    loans.lock_keys(session, keys=[LoanKey(borrower_id, each) for each in ids])
    row = session.execute(
        select(PlanRequest.__table__)
        .where(PlanRequest.borrower_id == borrower_id, PlanRequest.id == request_id)
        .with_for_update()
    ).first()
    if row is None:
        raise PlanRequestUnknown
    return Held(row, her_day(session, borrower_id=borrower_id, now=now), now)


def move(
    session: Session,
    held: Held,
    *,
    to: State,
    by: Actor,
    cause: str,
    due_on: date,
    staff_id: UUID | None = None,
    **values: Any,
) -> Held:
    """Take it to another state, with all that hangs on that. Refuses: PlanMoved.

    `due_on`: by when the next step is due. `values` are other columns that change with it.
    """
    if not may_move(held.state, to, by=by, is_agreed=held.row.accepted_at is not None):
        raise moved(held)
    row = session.execute(
        update(PlanRequest)
        .where(
            PlanRequest.borrower_id == held.borrower_id,
            PlanRequest.id == held.id,
            PlanRequest.version == held.row.version,
        )
        .values(
            {
                "state": to,
                "version": held.row.version + 1,
                "changed_at": held.now,
                "due_on": held.today if to in FINAL else due_on,
                "relief_since_on": None,
                **values,
            }
        )
        .returning(*PlanRequest.__table__.c)
    ).one()
    after = Held(row, held.today, held.now)
    record(session, after, from_state=held.state, by=by, cause=cause, staff_id=staff_id)
    freezes.follow(session, after.row, from_state=held.state, today=held.today, now=held.now)
    return after


def record(
    session: Session,
    held: Held,
    *,
    from_state: State | None,
    by: Actor,
    cause: str,
    staff_id: UUID | None = None,
) -> None:
    """Write a move down, and tell it."""
    session.execute(
        insert(PlanStateChange).values(
            borrower_id=held.borrower_id,
            request_id=held.id,
            number=held.row.version,
            from_state=from_state,
            to_state=held.state,
            actor=by,
            staff_id=staff_id,
            cause=cause,
            quote_id=held.row.quote_id,
            changed_at=held.now,
        )
    )
    _log(session, held, from_state=from_state, by=by, cause=cause, staff_id=staff_id)
    completed, terminated = queries.count_ended(session, borrower_id=held.borrower_id)
    announce(
        session,
        PlanStateChanged(
            held.borrower_id,
            held.now,
            plan_id=held.id,
            loan_id=held.row.booked_loan_id or held.row.loan_id,
            from_state=from_state,
            to_state=held.state,
            kind=held.row.kind,
            due_on=held.row.due_on,
            completed=completed,
            terminated=terminated,
        ),
    )


def _log(
    session: Session,
    held: Held,
    *,
    from_state: State | None,
    by: Actor,
    cause: str,
    staff_id: UUID | None,
) -> None:
    act = _act_of(held.state, from_state=from_state, by=by)
    if act is None:
        return
    quote = quotes.get_quote(session, borrower_id=held.borrower_id, quote_id=held.row.quote_id)
    evidence.record(
        session,
        type=act,
        borrower_id=held.borrower_id,
        record={
            "plan_id": held.id,
            "loan_external_id": quote.loan_external_id,
            "kind": held.row.kind,
            "quote_id": quote.id,
            "rows_hash": quote.rows_hash,
            "from_state": from_state,
            "to_state": held.state,
            "cause": cause,
            "policy_version": held.row.policy_version,
            "decided_by": staff_id,
        },
        now=held.now,
    )


def _act_of(to: State, *, from_state: State | None, by: Actor) -> evidence.Act | None:
    if to is State.SUBMITTED:
        return evidence.Act.PLAN_REQUESTED
    if to is State.ACCEPTED:
        return evidence.Act.PLAN_ACCEPTED
    if by is Actor.STAFF and from_state is State.APPEALED:
        return evidence.Act.APPEALED
    is_decided = by is Actor.STAFF or to in {State.OFFERED, State.REJECTED}
    return evidence.Act.PLAN_DECIDED if is_decided else None


def moved(held: Held) -> PlanMoved:
    """The refusal of what does not go from where it stands, which it tells."""
    return PlanMoved.of(held.id, state=str(held.state))
