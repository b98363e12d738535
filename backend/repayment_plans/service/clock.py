"""What happens when a day comes: relief from a lender who is late, ends, a second chance."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.events.plans import PlanReliefStarted
from backend.kit.outbox import announce
from backend.kit.problems import Problem
from backend.plan_quotes import queries as quote_reads
from backend.plan_quotes import service as quotes
from backend.plan_quotes.queries import Quote
from backend.plan_quotes.rules import Kind
from backend.repayment_plans.models import PlanRequest
from backend.repayment_plans.rules import RELIEF_DAYS, Actor, State
from backend.repayment_plans.service import freezes
from backend.repayment_plans.service.cases import Held, hold, move
from backend.repayment_plans.service.requests import offer_day, sla_day

# The lender is to act: she must not wait at her own cost.
_LENDERS_TURN = frozenset(
    {State.UNDER_REVIEW, State.APPEALED, State.AWAITING_CORE, State.CORE_DIFFERS}
)


def follow_day(session: Session, *, borrower_id: UUID, request_id: UUID, now: datetime) -> bool:
    """Do what a passed day brings; False where it has not passed in her zone, or brings nothing."""
    held = hold(session, borrower_id=borrower_id, request_id=request_id, now=now)
    if held.row.due_on >= held.today:
        return False
    if held.state in _LENDERS_TURN:
        return _relieve(session, held)
    follow = _DAYS.get(held.state)
    if follow is not None:
        follow(session, held)
    return follow is not None


def _after_cooling_off(session: Session, held: Held) -> None:
    due_on = sla_day(session, today=held.today)
    _by_clock(session, held, State.AWAITING_CORE, cause="cooled_off", due_on=due_on)


def _left_alone(session: Session, held: Held) -> None:
    """A request ends; a broken plan does not end by itself, so a person looks."""
    if held.row.accepted_at is not None:
        _to_person(session, held, cause="offer_lapsed")
    else:
        _by_clock(session, held, State.EXPIRED, cause="day_passed", due_on=held.today)


def _by_clock(session: Session, held: Held, to: State, *, cause: str, due_on: date) -> None:
    move(session, held, to=to, by=Actor.CLOCK, cause=cause, due_on=due_on)


def _to_person(session: Session, held: Held, *, cause: str) -> None:
    due_on = sla_day(session, today=held.today)
    _by_clock(session, held, State.UNDER_REVIEW, cause=cause, due_on=due_on)


def _relieve(session: Session, held: Held) -> bool:
    """The freeze goes on by itself, each night anew; she is told once."""
    until_on = held.today + timedelta(days=RELIEF_DAYS)
    freezes.last(session, held.row, until_on=until_on, now=held.now)
    if held.row.relief_since_on is not None:
        return False
    session.execute(
        update(PlanRequest)
        .where(PlanRequest.borrower_id == held.borrower_id, PlanRequest.id == held.id)
        .values(relief_since_on=held.today)
    )
    announce(
        session,
        PlanReliefStarted(
            held.borrower_id,
            held.now,
            plan_id=held.id,
            loan_id=held.row.booked_loan_id or held.row.loan_id,
            until_on=until_on,
        ),
    )
    return True


def _second_chance(session: Session, held: Held) -> None:
    """One offer by itself, priced on the loan as it stands now; after that a person looks."""
    quote = None if held.row.reoffered_on is not None else _find_quote(session, held)
    if quote is None:
        _to_person(session, held, cause="not_made_good")
        return
    move(
        session,
        held,
        to=State.OFFERED,
        by=Actor.CLOCK,
        cause="reoffered",
        due_on=offer_day(session, quote, borrower_id=held.borrower_id),
        quote_id=quote.id,
        kind=quote.kind,
        reoffered_on=held.today,
    )


def _find_quote(session: Session, held: Held) -> Quote | None:
    before = quote_reads.get_quote(
        session, borrower_id=held.borrower_id, quote_id=held.row.quote_id
    )
    # What was missed spread over what is left; else the same kind of help once more.
    for kind, terms in ((Kind.RE_AMORTIZE, {}), (Kind(before.kind), before.terms)):
        try:
            with session.begin_nested():
                return quotes.quote_counter_offer(
                    session,
                    borrower_id=held.borrower_id,
                    loan_id=held.row.booked_loan_id or held.row.loan_id,
                    kind=kind,
                    terms=dict(terms),
                    now=held.now,
                )
        except Problem:
            continue  # it does not fit the loan as it stands
    return None


_DAYS: Mapping[State, Callable[[Session, Held], None]] = {
    State.COOLING_OFF: _after_cooling_off,
    State.OFFERED: _left_alone,
    State.INFO_REQUESTED: _left_alone,
    State.BREACHED: _second_chance,
}
