"""What she does with a request: accepts, steps back, answers a question, appeals."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.benefits import service as benefits
from backend.core_instructions import service as core
from backend.core_instructions.rules import Kind as Instruction
from backend.kit import crypto
from backend.loans import queries as loans
from backend.plan_quotes.queries import Quote
from backend.repayment_plans.errors import CoolingOffOver, OfferNeedsNoAnswer, QuoteStale
from backend.repayment_plans.queries import (
    MESSAGE,
    NOTHING_TO_KEEP,
    is_broken,
    may_step_back,
    open_message,
)
from backend.repayment_plans.rules import COOLING_OFF_DAYS, Actor, State
from backend.repayment_plans.service.booking import cause_of
from backend.repayment_plans.service.cases import Held, hold, move, moved
from backend.repayment_plans.service.quotes import get_good_quote
from backend.repayment_plans.service.requests import hand_in, refuse_second, sla_day
from backend.repayment_plans.service.withdrawn import tell_withdrawn

# Where the core system has been told of an acceptance, so that it must be told of the step back.
_TOLD = frozenset({State.COOLING_OFF, State.AWAITING_CORE, State.ACTIVE, State.CORE_DIFFERS})


def accept(session: Session, *, borrower_id: UUID, request_id: UUID, now: datetime) -> None:
    """She agrees; the core system is asked to book exactly what was quoted.

    Refuses: PlanRequestUnknown, PlanMoved, QuoteNotGenuine, QuoteExpired, QuoteStale.
    """
    held = hold(session, borrower_id=borrower_id, request_id=request_id, now=now)
    if held.state is not State.OFFERED:
        raise moved(held)
    quote = get_good_quote(session, borrower_id=borrower_id, quote_id=held.row.quote_id, now=now)
    until_on = held.today + timedelta(days=COOLING_OFF_DAYS)
    held = move(
        session,
        held,
        to=State.ACCEPTED,
        by=Actor.BORROWER,
        cause="accepted",
        due_on=until_on,
        accepted_at=now,
        agreed_on=held.today,
        cooling_off_until_on=until_on,
        old_rows=_rows_now(session, quote),
    )
    if quote.kind == NOTHING_TO_KEEP:
        _claim_negotiation(session, held, quote)
        # A waiver binds her to nothing: there is nothing to cool off from.
        to, due_on = State.AWAITING_CORE, sla_day(session, today=held.today)
    else:
        to, due_on = State.COOLING_OFF, until_on
    held = move(session, held, to=to, by=Actor.CLOCK, cause="accepted", due_on=due_on)
    _tell_accepted(session, held, quote)


def withdraw(session: Session, *, borrower_id: UUID, request_id: UUID, now: datetime) -> None:
    """She steps back; within the days of cooling off the old schedule is restored exactly.

    From a waiver she steps back until it is booked, and may negotiate anew.

    Refuses: PlanRequestUnknown, PlanMoved, CoolingOffOver, OfferNeedsNoAnswer.
    """
    held = hold(session, borrower_id=borrower_id, request_id=request_id, now=now)
    state = held.state
    if is_broken(held.row):
        raise OfferNeedsNoAnswer.of(held.id, is_offered=state is State.OFFERED)
    if not may_step_back(held.row, today=held.today):
        until_on = held.row.cooling_off_until_on
        raise CoolingOffOver.since(until_on, loan_id=held.row.loan_id)
    after = move(
        session,
        held,
        to=State.WITHDRAWN,
        by=Actor.BORROWER,
        cause="withdrawn",
        due_on=held.today,
    )
    if state in _TOLD:
        tell_withdrawn(session, after)
    if state is State.AWAITING_CORE:
        benefits.give_negotiation_back(
            session, borrower_id=borrower_id, loan_id=held.row.loan_id, cause=cause_of(request_id)
        )


def _claim_negotiation(session: Session, held: Held, quote: Quote) -> None:
    """A loan is negotiated once: a waiver that she asked for meanwhile may have been the one."""
    is_first = benefits.claim_negotiation(
        session,
        borrower_id=held.borrower_id,
        loan_id=quote.loan_id,
        months=len(quote.waivers),
        cause=cause_of(held.id),
        now=held.now,
    )
    if not is_first:
        raise QuoteStale.of(quote.id, loan_id=quote.loan_id, kind=quote.kind)


def answer(
    session: Session,
    *,
    borrower_id: UUID,
    request_id: UUID,
    message: str,
    document_ids: Sequence[UUID],
    now: datetime,
) -> None:
    """She tells what was asked for.

    Refuses: PlanRequestUnknown, PlanMoved, DocumentUnknown, DocumentMoveRefused.
    """
    held = hold(session, borrower_id=borrower_id, request_id=request_id, now=now)
    before = open_message(held.row)
    words = f"{before}\n\n{message}" if before else message
    hand_in(session, held, document_ids=document_ids)
    documents = dict.fromkeys([*held.row.document_ids, *document_ids])
    move(
        session,
        held,
        to=State.UNDER_REVIEW,
        by=Actor.BORROWER,
        cause="answered",
        due_on=sla_day(session, today=held.today),
        message_cipher=crypto.encrypt(words, context=MESSAGE),
        document_ids=list(documents),
    )


def appeal(session: Session, *, borrower_id: UUID, request_id: UUID, now: datetime) -> None:
    """Another person shall look at a rejection.

    Refuses: PlanRequestUnknown, PlanMoved, PlanAlreadyOpen (a newer one for the loan).
    """
    held = hold(session, borrower_id=borrower_id, request_id=request_id, now=now)
    if held.state is not State.REJECTED:
        raise moved(held)
    refuse_second(session, borrower_id=borrower_id, loan_id=held.row.loan_id)
    move(
        session,
        held,
        to=State.APPEALED,
        by=Actor.BORROWER,
        cause="appealed",
        due_on=sla_day(session, today=held.today),
    )


def _rows_now(session: Session, quote: Quote) -> list[dict[str, Any]]:
    record = loans.find_record(session, borrower_id=quote.borrower_id, loan_id=quote.loan_id)
    rows = record.history.installments if record is not None else ()
    return [
        {
            "number": row.number,
            "due_on": row.due_on.isoformat(),
            "principal_minor": row.principal_minor,
            "interest_minor": row.interest_minor,
            "fee_minor": row.fee_minor,
            "penalty_minor": row.penalty_minor,
        }
        for row in sorted(rows, key=lambda each: each.number)
    ]


def occasion_of(request_id: UUID, number: int) -> str:
    """What the core system is asked for once: booking what she accepted by that move."""
    return f"plan:{request_id}:{Instruction.PLAN_ACCEPTED}:{number}"


def _tell_accepted(session: Session, held: Held, quote: Quote) -> None:
    core.instruct(
        session,
        borrower_id=held.borrower_id,
        kind=Instruction.PLAN_ACCEPTED,
        occasion=occasion_of(held.id, held.row.version),
        payload={
            "plan_id": str(held.id),
            "quote_id": str(quote.id),
            "loan_external_id": quote.loan_external_id,
            "kind": quote.kind,
            "terms": quote.terms,
            "currency": quote.currency,
            "rows": quote.rows,
            "waivers": quote.waivers,
            "rows_hash": quote.rows_hash,
            "agreed_on": held.row.agreed_on.isoformat(),
        },
        now=held.now,
    )
