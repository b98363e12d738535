"""The proof of the loans' books: every kept figure is what the rows give, to the cent."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from backend.kit.wiring import Audit
from backend.loans import queries
from backend.loans.models import Loan
from backend.loans.queries import LoanKey, LoanRecord, Progress, kept_columns
from backend.loans.rules import LoanState

CHUNK = 1_000


def run(session: Session) -> Iterator[str]:
    """One line for each difference."""
    for rows in _chunks(session):
        kept = {row["id"]: row for row in rows}
        keys = [LoanKey(row["borrower_id"], row["id"]) for row in rows]
        for record in queries.list_records(session, keys=keys):
            state = record.state()
            name = f"loan {record.external_id!r}"
            for difference in _differences(record, state, kept[record.key.loan_id]):
                yield f"{name}: {difference}"


def _chunks(session: Session) -> Iterator[list[Mapping[Any, Any]]]:
    after = (UUID(int=0), UUID(int=0))
    while True:
        rows = session.execute(
            select(*Loan.__table__.c)
            .where(tuple_(Loan.borrower_id, Loan.id) > after)
            .order_by(Loan.borrower_id, Loan.id)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        yield [row._mapping for row in rows]
        after = (rows[-1].borrower_id, rows[-1].id)


def _differences(record: LoanRecord, state: LoanState, kept: Mapping[Any, Any]) -> Iterable[str]:
    yield from _formula(record, state)
    yield from _allocations(record, state)
    if kept["stale"]:
        return
    for column, value in kept_columns(state).items():
        if kept[column] != value:
            yield f"{column} is kept as {kept[column]} and replays as {value}"
    for line in state.lines:
        if line.number is not None:
            is_kept, replayed = record.kept[line.number], Progress.of(line)
            if is_kept != replayed:
                yield f"instalment {line.number} is kept as {is_kept} and replays as {replayed}"


def _formula(record: LoanRecord, state: LoanState) -> Iterable[str]:
    """R3: what was charged, less payments and waivers, is what is outstanding.

    Reckoned from the rows alone, so that a defect of the replay shows.
    """
    history = record.history
    start = max((s.closed_on for s in history.statements), default=None)
    if record.kind == "revolving" and start is not None:
        base = next(s.balance_minor for s in history.statements if s.closed_on == start)
    else:
        base = sum(
            i.principal_minor + i.interest_minor + i.fee_minor + i.penalty_minor
            for i in history.installments
        )
        if record.kind == "installment" and not history.installments:
            base = history.terms.principal_minor or 0
    charges = sum(
        a.amount_minor
        for a in history.adjustments
        if a.kind != "waiver" and (start is None or a.on_date > start)
    )
    payments = sum(
        p.amount_minor
        for p in history.payments
        if p.reversed_on is None and (start is None or p.received_on > start)
    )
    waivers = sum(
        a.amount_minor
        for a in history.adjustments
        if a.kind == "waiver" and (start is None or a.on_date > start)
    )
    if state.waived_minor > waivers:
        yield f"{state.waived_minor} waived, and only {waivers} granted"
    reckoned = base + charges - payments - state.waived_minor
    shown = state.outstanding.total_minor - state.credit_minor
    if reckoned != shown:
        yield f"charges less payments and waivers are {reckoned}, outstanding {shown}"


def _allocations(record: LoanRecord, state: LoanState) -> Iterable[str]:
    placed = dict(state.credits)
    for allocation in state.allocations:
        before = placed.get(allocation.payment_id, 0)
        placed[allocation.payment_id] = before + allocation.parts.total_minor
    for payment in record.history.payments:
        wanted = 0 if payment.reversed_on else payment.amount_minor
        found = placed.get(payment.id, 0)
        if found != wanted:
            yield f"payment {payment.external_id!r} of {wanted} is allocated {found}"


AUDITS = (Audit("loans", run=run),)
