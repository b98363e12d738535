"""Reads of requests and plans."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from backend.benefits import queries as benefits
from backend.borrowers import queries as borrowers
from backend.borrowers.rules import Viewer
from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from backend.kit.ports import PastPlans
from backend.kit.wiring import SealedColumn
from backend.loans.models import Adjustment, Loan
from backend.repayment_plans.errors import PlanRequestUnknown
from backend.repayment_plans.models import (
    PlanDecision,
    PlanFreeze,
    PlanKept,
    PlanRequest,
    PlanRequestLookup,
    PlanStateChange,
)
from backend.repayment_plans.rules import FINAL, RUNNING, State
from backend.repayment_plans.work import is_ours

MESSAGE = "plan_request.message"
SEALED = (SealedColumn("plan_request", "message_cipher", context=MESSAGE),)
YEAR = timedelta(days=365)
# A waiver has nothing to keep, so it neither counts as kept nor as broken.
NOTHING_TO_KEEP = "waive_penalty"
_ANEW = (State.OFFERED, State.UNDER_REVIEW, State.INFO_REQUESTED)


def get_owner(session: Session, *, request_id: UUID) -> UUID:
    """Whose request it is. Refuses: PlanRequestUnknown."""
    owner = session.execute(
        select(PlanRequestLookup.borrower_id).where(PlanRequestLookup.request_id == request_id)
    ).scalar_one_or_none()
    if owner is None:
        raise PlanRequestUnknown
    return owner


def get_request(session: Session, *, borrower_id: UUID, request_id: UUID) -> AnyRow:
    """One request of hers. Refuses: PlanRequestUnknown."""
    row = session.execute(_own(borrower_id).where(PlanRequest.id == request_id)).first()
    if row is None:
        raise PlanRequestUnknown
    return row


def page_own(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """Her requests, the newest first."""
    return page(
        session,
        _own(borrower_id),
        keys=(PlanRequest.requested_at, PlanRequest.id),
        args=args,
        descending=True,
    )


def page_queue(
    session: Session, *, who: Viewer, states: Sequence[State], args: Mapping[str, Any]
) -> Page:
    """Requests that stand so, of borrowers whom she may see.

    What is due first comes first; then the tier that needs it most; then who waits longest.
    """
    waiting = select(PlanRequest.__table__).where(
        PlanRequest.state.in_(states), borrowers.visible_to(who, PlanRequest.borrower_id)
    )
    if args["state"] is None:
        waiting = waiting.where(is_ours())
    keys = (PlanRequest.due_on, PlanRequest.tier_rank, PlanRequest.requested_at, PlanRequest.id)
    return page(session, waiting, keys=keys, args=args)


def _own(borrower_id: UUID) -> Any:
    return select(PlanRequest.__table__).where(PlanRequest.borrower_id == borrower_id)


def open_message(row: AnyRow) -> str | None:
    """What she wrote, in the clear."""
    sealed = row.message_cipher
    return None if sealed is None else crypto.decrypt(bytes(sealed), context=MESSAGE)


def is_broken(row: AnyRow) -> bool:
    """Whether it is a plan that was agreed on, broken, and is being talked about anew."""
    return row.accepted_at is not None and row.state in _ANEW


def find_agreed_quote(session: Session, *, borrower_id: UUID, request_id: UUID) -> UUID:
    """The quote that she accepted last, whatever was offered since."""
    return session.execute(
        select(PlanStateChange.quote_id)
        .where(
            PlanStateChange.borrower_id == borrower_id,
            PlanStateChange.request_id == request_id,
            PlanStateChange.to_state == State.ACCEPTED,
        )
        .order_by(PlanStateChange.number.desc())
        .limit(1)
    ).scalar_one()


def is_bound(row: AnyRow) -> bool:
    """Whether stepping back ends with the days of cooling off; not where nothing was booked."""
    is_booked = row.booked_loan_id is not None
    return row.state in (State.COOLING_OFF, State.ACTIVE) or (
        row.state == State.CORE_DIFFERS and is_booked
    )


def may_step_back(row: AnyRow, *, today: date) -> bool:
    """Whether the days for it are not over: of a waiver they are while it is being set up."""
    if row.state == State.AWAITING_CORE:
        return bool(row.kind == NOTHING_TO_KEEP)
    return not is_bound(row) or bool(today <= row.cooling_off_until_on)


def find_open(session: Session, *, borrower_id: UUID, loan_id: UUID) -> AnyRow | None:
    """The request for a loan that has not come to an end, also one that made the loan."""
    told = select(Loan.plan_id).where(Loan.borrower_id == borrower_id, Loan.id == loan_id)
    about = or_(
        PlanRequest.loan_id == loan_id,
        PlanRequest.booked_loan_id == loan_id,
        PlanRequest.id == told.scalar_subquery(),
    )
    return session.execute(
        _own(borrower_id).where(about, PlanRequest.state.not_in(FINAL)).order_by(PlanRequest.id)
    ).first()


def list_history(session: Session, *, borrower_id: UUID, request_id: UUID) -> list[AnyRow]:
    """The moves of a request, in order."""
    return list(
        session.execute(
            select(PlanStateChange.__table__)
            .where(
                PlanStateChange.borrower_id == borrower_id,
                PlanStateChange.request_id == request_id,
            )
            .order_by(PlanStateChange.number)
        )
    )


def list_decisions(session: Session, *, borrower_id: UUID, request_id: UUID) -> list[AnyRow]:
    """What staff decided, in order."""
    return list(
        session.execute(
            select(PlanDecision.__table__)
            .where(PlanDecision.borrower_id == borrower_id, PlanDecision.request_id == request_id)
            .order_by(PlanDecision.number)
        )
    )


def list_kept(session: Session, *, borrower_id: UUID, request_id: UUID) -> list[AnyRow]:
    """Instalments of the plan that stand as kept, in order."""
    return list(
        session.execute(
            select(PlanKept.number, PlanKept.due_on, PlanKept.paid_on)
            .where(PlanKept.borrower_id == borrower_id, PlanKept.request_id == request_id)
            .order_by(PlanKept.due_on, PlanKept.number)
        )
    )


def count_kept(session: Session, *, borrower_id: UUID) -> int:
    """How many instalments of all her plans stand as kept."""
    return session.execute(
        select(func.count()).where(PlanKept.borrower_id == borrower_id)
    ).scalar_one()


def list_freezes(
    session: Session, *, borrower_id: UUID, loan_id: UUID
) -> list[tuple[date, date | None]]:
    """The days whose penalties on a loan are disputed."""
    rows = session.execute(
        select(PlanFreeze.from_on, PlanFreeze.until_on)
        .where(PlanFreeze.borrower_id == borrower_id, PlanFreeze.loan_id == loan_id)
        .order_by(PlanFreeze.from_on)
    )
    return [(row.from_on, row.until_on) for row in rows]


def list_disputed(session: Session, *, borrower_id: UUID, request_id: UUID) -> list[AnyRow]:
    """Penalties dated within the freezes of a request: when, how much, and whether offset."""
    offset = Adjustment.__table__.alias("offset_by")
    return list(
        session.execute(
            select(
                Adjustment.on_date,
                Adjustment.amount_minor,
                exists()
                .where(
                    offset.c.borrower_id == Adjustment.borrower_id,
                    offset.c.offsets_id == Adjustment.id,
                )
                .label("is_offset"),
            )
            .join(
                PlanFreeze,
                and_(
                    PlanFreeze.borrower_id == Adjustment.borrower_id,
                    PlanFreeze.loan_id == Adjustment.loan_id,
                    PlanFreeze.from_on <= Adjustment.on_date,
                    or_(PlanFreeze.until_on.is_(None), PlanFreeze.until_on >= Adjustment.on_date),
                ),
            )
            .where(
                Adjustment.borrower_id == borrower_id,
                Adjustment.kind == "penalty",
                PlanFreeze.request_id == request_id,
            )
            .order_by(Adjustment.on_date, Adjustment.id)
        )
    )


def list_offset(session: Session, *, borrower_id: UUID, loan_id: UUID, after: UUID) -> set[str]:
    """The lender's ids of penalties offset since an id was given, and of what offsets them.

    Ids grow with time, whatever day a business clock says.
    """
    offset = Adjustment.__table__.alias("offset_by")
    rows = session.execute(
        select(Adjustment.external_id, offset.c.external_id)
        .join(
            offset,
            and_(
                offset.c.borrower_id == Adjustment.borrower_id,
                offset.c.offsets_id == Adjustment.id,
            ),
        )
        .where(
            Adjustment.borrower_id == borrower_id,
            Adjustment.loan_id == loan_id,
            Adjustment.id > after,
        )
    )
    return {name for row in rows for name in row}


def count_agreed(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID | None = None,
    kind: str | None = None,
    since: date | None = None,
) -> int:
    """How many of her requests she accepted, without those from which she stepped back."""
    query = select(func.count()).where(
        PlanRequest.borrower_id == borrower_id,
        PlanRequest.accepted_at.is_not(None),
        PlanRequest.state != State.WITHDRAWN,
    )
    if loan_id is not None:
        query = query.where(PlanRequest.loan_id == loan_id)
    if kind is not None:
        query = query.where(PlanRequest.kind == kind)
    if since is not None:
        query = query.where(PlanRequest.agreed_on > since)
    return session.execute(query).scalar_one()


def plans_so_far(session: Session, *, borrower_id: UUID, loan_id: UUID, now: datetime) -> PastPlans:
    """What was agreed on a loan before, for whoever prices the next plan."""
    agreed = partial(count_agreed, session, borrower_id=borrower_id, loan_id=loan_id)
    is_open = find_open(session, borrower_id=borrower_id, loan_id=loan_id) is not None
    return PastPlans(
        has_open=is_open,
        is_negotiated=agreed() > 0
        or benefits.is_negotiated(session, borrower_id=borrower_id, loan_id=loan_id),
        due_day_moves_12m=agreed(kind="move_due_day", since=now.date() - YEAR),
    )


def count_ended(session: Session, *, borrower_id: UUID) -> tuple[int, int]:
    """How many of her plans were kept to the end, and how many were not."""
    rows = session.execute(
        select(PlanRequest.state, func.count().label("times"))
        .where(
            PlanRequest.borrower_id == borrower_id,
            PlanRequest.state.in_((State.COMPLETED, State.TERMINATED)),
            PlanRequest.kind != NOTHING_TO_KEEP,
        )
        .group_by(PlanRequest.state)
    )
    counts = {row.state: row.times for row in rows}
    return counts.get(State.COMPLETED, 0), counts.get(State.TERMINATED, 0)


def list_concerned(session: Session, *, borrower_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Requests that news of these borrowers' loans may move, with whose they are."""
    rows = session.execute(
        select(PlanRequest.borrower_id, PlanRequest.id)
        .where(
            PlanRequest.borrower_id.in_(borrower_ids),
            or_(
                PlanRequest.state.in_(
                    (State.COOLING_OFF, State.AWAITING_CORE, State.CORE_DIFFERS, *RUNNING)
                ),
                and_(PlanRequest.state.in_(_ANEW), PlanRequest.accepted_at.is_not(None)),
            ),
        )
        .order_by(PlanRequest.borrower_id, PlanRequest.id)
    )
    return [(row.borrower_id, row.id) for row in rows]


def list_frozen_loans(session: Session, *, borrower_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Loans of these borrowers that were frozen once, the present included."""
    rows = session.execute(
        select(PlanFreeze.borrower_id, PlanFreeze.loan_id)
        .where(PlanFreeze.borrower_id.in_(borrower_ids))
        .distinct()
        .order_by(PlanFreeze.borrower_id, PlanFreeze.loan_id)
    )
    return [(row.borrower_id, row.loan_id) for row in rows]


def find_booked_loan(session: Session, *, borrower_id: UUID, request_id: UUID) -> AnyRow | None:
    """The loan of hers that the core system says follows the plan: id, external_id."""
    return session.execute(
        select(Loan.id, Loan.external_id)
        .where(Loan.borrower_id == borrower_id, Loan.plan_id == request_id)
        .order_by(Loan.id)
        .limit(1)
    ).first()


def list_booked_loans(session: Session, *, borrower_id: UUID, request_id: UUID) -> list[UUID]:
    """The loans of hers that the core system says follow the plan."""
    return list(
        session.execute(
            select(Loan.id)
            .where(Loan.borrower_id == borrower_id, Loan.plan_id == request_id)
            .order_by(Loan.id)
        ).scalars()
    )
