"""The proof of plans: legal moves alone, one open request a loan, booked as quoted."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from backend.kit.wiring import Audit
from backend.loans import queries as loans
from backend.loans.queries import LoanKey
from backend.plan_quotes import queries as quotes
from backend.repayment_plans.models import PlanRequest, PlanStateChange
from backend.repayment_plans.rules import FINAL, RUNNING, Actor, State, may_move

CHUNK = 500


def run(session: Session) -> Iterator[str]:
    """One line for each difference."""
    yield from _twice_open(session)
    after = (UUID(int=0), UUID(int=0))
    while True:
        rows = session.execute(
            select(*PlanRequest.__table__.c)
            .where(tuple_(PlanRequest.borrower_id, PlanRequest.id) > after)
            .order_by(PlanRequest.borrower_id, PlanRequest.id)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        yield from _illegal_moves(session, rows)
        for row in rows:
            if row.state in RUNNING:
                yield from _booked_otherwise(session, row)
        after = (rows[-1].borrower_id, rows[-1].id)


def _twice_open(session: Session) -> Iterator[str]:
    found = session.execute(
        select(PlanRequest.borrower_id, PlanRequest.loan_id)
        .where(PlanRequest.state.not_in(FINAL))
        .group_by(PlanRequest.borrower_id, PlanRequest.loan_id)
        .having(func.count() > 1)
    )
    for row in found:
        yield f"loan {row.loan_id}: more than one open plan request"


def _illegal_moves(session: Session, rows: Any) -> Iterator[str]:
    keys = [(row.borrower_id, row.id) for row in rows]
    changes = session.execute(
        select(PlanStateChange.__table__)
        .where(tuple_(PlanStateChange.borrower_id, PlanStateChange.request_id).in_(keys))
        .order_by(PlanStateChange.borrower_id, PlanStateChange.request_id, PlanStateChange.number)
    )
    histories = {
        key: list(own)
        for key, own in groupby(changes, key=lambda each: (each.borrower_id, each.request_id))
    }
    for row in rows:
        history = histories.get((row.borrower_id, row.id), [])
        yield from _faults(row, history)


def _faults(row: Any, history: list[Any]) -> Iterator[str]:
    name = f"plan {row.id}"
    if [each.number for each in history] != list(range(1, row.version + 1)):
        yield f"{name}: its moves are not numbered from 1 to {row.version}"
    before: str | None = None
    is_agreed = False
    for each in history:
        if each.from_state != before:
            yield f"{name}: move {each.number} is from {each.from_state}, it stood at {before}"
        elif before is not None and not may_move(
            State(before), State(each.to_state), by=Actor(each.actor), is_agreed=is_agreed
        ):
            yield f"{name}: move {each.number} from {before} to {each.to_state} by {each.actor}"
        before = each.to_state
        is_agreed |= before == State.ACCEPTED
    if before != row.state:
        yield f"{name}: its moves lead to {before}, it stands at {row.state}"


def _booked_otherwise(session: Session, row: Any) -> Iterator[str]:
    key = LoanKey(row.borrower_id, row.booked_loan_id)
    quote = quotes.get_quote(session, borrower_id=row.borrower_id, quote_id=row.quote_id)
    record = loans.find_record(session, borrower_id=key.borrower_id, loan_id=key.loan_id)
    booked = Counter(
        (i.number, i.due_on.isoformat(), i.principal_minor, i.interest_minor, i.fee_minor,
         i.penalty_minor)
        for i in (record.history.installments if record else ())
    )  # fmt: skip
    quoted = Counter(
        (r["number"], r["due_on"], r["principal_minor"], r["interest_minor"], r["fee_minor"],
         r["penalty_minor"])
        for r in quote.rows
    )  # fmt: skip
    if booked != quoted:
        yield f"plan {row.id}: the rows of its loan are not those of its quote"


AUDITS = (Audit("plans", run=run),)
