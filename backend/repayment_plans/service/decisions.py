"""What staff decide: each with reasons that she can read, an appeal by another person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.documents import queries as documents
from backend.kit.problems import FieldError, Invalid
from backend.plan_quotes import queries as quote_reads
from backend.plan_quotes import service as quotes
from backend.plan_quotes.queries import Quote
from backend.plan_quotes.rules import Kind
from backend.repayment_plans import queries
from backend.repayment_plans.models import PlanDecision
from backend.repayment_plans.rules import REPLY_DAYS, Actor, State
from backend.repayment_plans.service.cases import Held, hold, move, moved
from backend.repayment_plans.service.quotes import get_unchanged
from backend.repayment_plans.service.requests import offer_day
from backend.staff.errors import SecondPersonNeeded

NO_QUESTION = "An appeal is answered: approve, counter_offer or reject."
DECIDABLE = frozenset({State.UNDER_REVIEW, State.APPEALED})


@dataclass(frozen=True)
class Decision:
    """An outcome with its reasons in both languages; a counter-offer names kind and terms."""

    outcome: str
    reasons: Sequence[Mapping[str, Any]]
    counter_kind: Kind | None = None
    counter_terms: Mapping[str, Any] = field(default_factory=dict)


def decide(
    session: Session,
    *,
    borrower_id: UUID,
    request_id: UUID,
    decision: Decision,
    staff_id: UUID,
    now: datetime,
) -> None:
    """Carry a decision out. The first of two counts; the other is told what stands.

    Refuses: PlanRequestUnknown, PlanMoved, SecondPersonNeeded, QuoteExpired, QuoteStale,
    QuoteNotGenuine, Invalid, OptionNotPossible.
    """
    held = hold(session, borrower_id=borrower_id, request_id=request_id, now=now)
    if held.state not in DECIDABLE:
        raise moved(held)
    rejected_by = _rejected_by(session, held) if held.state is State.APPEALED else None
    if rejected_by == staff_id or staff_id in _checkers(session, held):
        raise SecondPersonNeeded
    is_appeal = held.state is State.APPEALED
    if is_appeal and decision.outcome == "request_info":
        raise Invalid(errors=[FieldError("#/outcome", NO_QUESTION)])
    after = _carry_out(session, held, decision, staff_id=staff_id)
    session.execute(
        insert(PlanDecision).values(
            borrower_id=borrower_id,
            request_id=request_id,
            number=after.row.version,
            outcome=decision.outcome,
            reasons=[dict(each) for each in decision.reasons],
            is_appeal=is_appeal,
            rejected_by=rejected_by,
            decided_by=staff_id,
            decided_at=now,
        )
    )


def _checkers(session: Session, held: Held) -> frozenset[UUID]:
    """Whoever found a proof good does not decide on what it proves."""
    return documents.list_checkers(
        session, borrower_id=held.borrower_id, document_ids=held.row.document_ids
    )


def _rejected_by(session: Session, held: Held) -> UUID:
    made = queries.list_decisions(session, borrower_id=held.borrower_id, request_id=held.id)
    found: UUID = next(each.decided_by for each in reversed(made) if each.outcome == "reject")
    return found


def _carry_out(session: Session, held: Held, decision: Decision, *, staff_id: UUID) -> Held:
    to, due_on, values = _aim(session, held, decision)
    return move(
        session,
        held,
        to=to,
        by=Actor.STAFF,
        cause=decision.outcome,
        due_on=due_on,
        staff_id=staff_id,
        **values,
    )


def _aim(session: Session, held: Held, decision: Decision) -> tuple[State, date, dict[str, Any]]:
    if decision.outcome == "reject":
        # A plan that was agreed before and broken ends; it is not refused.
        is_broken = held.row.accepted_at is not None
        return State.TERMINATED if is_broken else State.REJECTED, held.today, {}
    if decision.outcome == "request_info":
        return State.INFO_REQUESTED, held.today + timedelta(days=REPLY_DAYS), {}
    quote = _offered(session, held, decision)
    due_on = offer_day(session, quote, borrower_id=held.borrower_id)
    return State.OFFERED, due_on, {"quote_id": quote.id, "kind": quote.kind}


def _offered(session: Session, held: Held, decision: Decision) -> Quote:
    kind, terms = decision.counter_kind, decision.counter_terms
    if kind is None:
        asked = get_unchanged(
            session, borrower_id=held.borrower_id, quote_id=held.row.quote_id, now=held.now
        )
        if not quote_reads.is_outlived(session, quote=asked, now=held.now):
            return asked
        # She waited for us while a due day passed: the same, reckoned from today.
        kind, terms = Kind(asked.kind), asked.terms
    return quotes.quote_counter_offer(
        session,
        borrower_id=held.borrower_id,
        loan_id=held.row.booked_loan_id or held.row.loan_id,
        kind=kind,
        terms=dict(terms),
        now=held.now,
    )
