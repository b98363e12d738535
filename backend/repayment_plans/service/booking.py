"""What the core system says of a plan: booked as quoted, or otherwise."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.benefits import service as benefits
from backend.kit.logs import get_logger
from backend.loans import queries as loans
from backend.plan_quotes import queries as quotes
from backend.plan_quotes.queries import Quote
from backend.repayment_plans import queries
from backend.repayment_plans.queries import NOTHING_TO_KEEP
from backend.repayment_plans.rules import Actor, State
from backend.repayment_plans.service.cases import Held, hold, move
from backend.repayment_plans.service.requests import sla_day

WAIVER_CAUSE = "plan"
CONVERT = "convert"
_ASKED = frozenset({State.COOLING_OFF, State.AWAITING_CORE, State.CORE_DIFFERS})
# Where the core system has booked the plan once; after a second acceptance it is to book anew.
_BOOKED = frozenset({State.ACTIVE, State.CORE_DIFFERS})
log = get_logger(__name__)


def follow_booking(session: Session, *, borrower_id: UUID, request_id: UUID, now: datetime) -> None:
    """Compare what the core system booked under this plan with what she was quoted.

    Equal rows, on the loan that is meant, put the plan into force. Others are an alarm for staff,
    also of a plan that is in force already; she keeps seeing the quote.
    """
    held = hold(session, borrower_id=borrower_id, request_id=request_id, now=now)
    if held.state not in _ASKED and held.state is not State.ACTIVE:
        return
    named = queries.list_booked_loans(session, borrower_id=borrower_id, request_id=request_id)
    quote = quotes.get_quote(session, borrower_id=borrower_id, quote_id=held.row.quote_id)
    meant = _list_meant(held, quote, named)
    if quote.kind == NOTHING_TO_KEEP:
        if meant:
            _book_waivers(session, held, quote)
        return
    rows = {loan_id: _rows_of_loan(session, borrower_id, loan_id) for loan_id in meant}
    quoted = list_rows(quote.rows)
    booked_id = next((loan_id for loan_id in meant if rows[loan_id] == quoted), None)
    if held.state is State.ACTIVE:
        is_otherwise = booked_id is None and _is_running(session, held)
    else:
        is_otherwise = bool(named) and not _is_still_before(held, list(rows.values()))
    if booked_id is not None:
        _put_into_force(session, held, quote, booked_id)
    elif is_otherwise:
        _raise_alarm(session, held)


def _list_meant(held: Held, quote: Quote, named: Sequence[UUID]) -> list[UUID]:
    """Of the loans that name the plan those it was quoted for; a conversion makes a new one."""
    is_new = quote.kind == CONVERT
    meant = [loan_id for loan_id in named if (loan_id != quote.loan_id) == is_new]
    known = held.row.booked_loan_id
    # Booked once, its rows count, whatever the loan names since.
    if known in meant or known is None or held.state not in _BOOKED:
        return meant
    return [*meant, known]


def _is_running(session: Session, held: Held) -> bool:
    """What has ended is laid out no more as it was quoted."""
    record = loans.find_record(
        session, borrower_id=held.borrower_id, loan_id=held.row.booked_loan_id
    )
    return record is not None and record.status == "active"


def _is_still_before(held: Held, rows: Sequence[list[tuple[Any, ...]]]) -> bool:
    """Accepted anew, the loan names the plan with its former rows until it is booked."""
    is_again = held.row.booked_loan_id is not None and held.state is not State.CORE_DIFFERS
    return is_again and list_rows(held.row.old_rows) in rows


def _put_into_force(session: Session, held: Held, quote: Quote, booked_id: UUID) -> None:
    if held.state is State.ACTIVE:
        return
    move(
        session,
        held,
        to=State.ACTIVE,
        by=Actor.CORE,
        cause="booked",
        due_on=quote.ends_on or held.today,
        booked_loan_id=booked_id,
    )


def _raise_alarm(session: Session, held: Held) -> None:
    if held.state is State.CORE_DIFFERS:
        return
    log.error("plan_booked_otherwise", plan_id=str(held.id))
    due_on = sla_day(session, today=held.today)
    to, cause = State.CORE_DIFFERS, "booked_otherwise"
    move(session, held, to=to, by=Actor.CORE, cause=cause, due_on=due_on)


def follow_acknowledgement(
    session: Session, *, borrower_id: UUID, request_id: UUID, now: datetime
) -> None:
    """The core system has what it is to book; what a plan waives is booked here now."""
    held = hold(session, borrower_id=borrower_id, request_id=request_id, now=now)
    if held.state is not State.AWAITING_CORE or held.row.kind != NOTHING_TO_KEEP:
        return
    quote = quotes.get_quote(session, borrower_id=borrower_id, quote_id=held.row.quote_id)
    _book_waivers(session, held, quote)


def _book_waivers(session: Session, held: Held, quote: Quote) -> None:
    """Book what was agreed; where another waiver was first, a person looks at what is missing."""
    if held.state is not State.AWAITING_CORE:
        return
    agreed = {_month(each["period"]): each["amount_minor"] for each in quote.waivers}
    booked = benefits.waive_months(
        session,
        borrower_id=quote.borrower_id,
        loan_id=quote.loan_id,
        amounts=agreed,
        cause=WAIVER_CAUSE,
        now=held.now,
    )
    if booked == sum(agreed.values()):
        move(session, held, to=State.COMPLETED, by=Actor.CORE, cause="waived", due_on=held.today)
        return
    if not booked:
        benefits.give_negotiation_back(
            session, borrower_id=held.borrower_id, loan_id=quote.loan_id, cause=cause_of(held.id)
        )
    log.error("plan_waived_otherwise", plan_id=str(held.id))
    due_on = sla_day(session, today=held.today)
    move(
        session, held, to=State.CORE_DIFFERS, by=Actor.CORE, cause="waived_otherwise", due_on=due_on
    )


def cause_of(request_id: UUID) -> str:
    """For what the loan's one negotiation was claimed."""
    return f"plan:{request_id}"


def _month(period: str) -> date:
    """2026-11 or 2026-11-01: its first day."""
    return date.fromisoformat(f"{period[:7]}-01")


def _rows_of_loan(session: Session, borrower_id: UUID, loan_id: UUID) -> list[tuple[Any, ...]]:
    record = loans.find_record(session, borrower_id=borrower_id, loan_id=loan_id)
    if record is None:
        return []
    return sorted(
        (
            row.number,
            row.due_on.isoformat(),
            row.principal_minor,
            row.interest_minor,
            row.fee_minor,
            row.penalty_minor,
        )
        for row in record.history.installments
    )


def list_rows(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Rows of a quote in the shape in which they are compared."""
    names = ("number", "due_on", "principal_minor", "interest_minor", "fee_minor", "penalty_minor")
    return sorted(tuple(row[name] for name in names) for row in rows)
