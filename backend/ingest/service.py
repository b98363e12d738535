"""Storing what was checked: single rows, settled at once, or a chunk of lines, set-based."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.ingest.inputs import Line
from backend.ingest.rules import KINDS, find_fact_error
from backend.kit.bulk import Outcome, plan_for_many
from backend.kit.problems import Invalid
from backend.loans import service as loans
from backend.loans.service.inputs import PaymentInput, ProductInput
from backend.profile import queries as profile_queries
from backend.profile import service as profile

_Rows = Sequence[dict[str, Any]]
_NOT_YET = Outcome("refused")


def put_borrowers(
    session: Session, rows: _Rows, *, now: datetime, backfill: bool = False
) -> list[Outcome]:
    """Store borrowers; their protected attributes go where only the fairness report looks."""
    outcomes: list[Outcome | None] = [None] * len(rows)
    if any(row["facts"] for row in rows):
        declared = profile_queries.list_extra_facts(session)
        for place, row in enumerate(rows):
            wrong = find_fact_error(row["facts"], declared=declared)
            outcomes[place] = Outcome.refused(Invalid(errors=[wrong])) if wrong else None
    good = [place for place, outcome in enumerate(outcomes) if outcome is None]
    stored = borrowers.put_borrowers(
        session,
        [cast(borrowers.BorrowerInput, rows[place]) for place in good],
        now=now,
        backfill=backfill,
    )
    for place, outcome in zip(good, stored, strict=True):
        outcomes[place] = outcome
    protected = [
        (outcome.id, rows[place]["protected"])
        for place, outcome in zip(good, stored, strict=True)
        if outcome.id is not None and rows[place]["protected"] is not None
    ]
    changed = profile.put_protected_attributes(session, rows=protected, now=now)
    if changed:
        for place, outcome in zip(good, stored, strict=True):
            if outcome.id in changed and rows[place]["protected"] is not None:
                outcomes[place] = outcome._replace(status="stored")
    return [cast(Outcome, outcome) for outcome in outcomes]


def put_one(session: Session, kind: str, row: dict[str, Any], *, now: datetime) -> Outcome:
    """Store one row and settle what it touches. Refuses as the feature that it belongs to."""
    if kind == "borrower":
        return put_borrowers(session, [row], now=now)[0].unwrap()
    if kind == "payment":
        return loans.add_payment(session, cast(PaymentInput, row), now=now)
    put = cast(Callable[..., list[Outcome]], _SETTLED[kind])
    return put(session, [row], now=now, settled=True)[0].unwrap()


def store_chunk(
    session: Session, lines: Sequence[Line], *, now: datetime, backfill: bool
) -> list[Outcome]:
    """Store a chunk of checked lines; loans are settled later. Answers in the order of the lines.

    It goes kind by kind, so that within a chunk a line may come before what it hangs on.
    """
    plan_for_many(session)
    outcomes: list[Outcome] = [_NOT_YET] * len(lines)
    places: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        if line.problem is None:
            places.setdefault(line.kind, []).append(place)
        else:
            outcomes[place] = Outcome.refused(line.problem)
    with loans.touching_together(session, now=now):
        for kind in KINDS:
            if kind in places:
                rows = [lines[place].row for place in places[kind]]
                stored = _store_kind(session, kind, rows, now=now, backfill=backfill)
                for place, outcome in zip(places[kind], stored, strict=True):
                    outcomes[place] = outcome
    return outcomes


def _store_kind(
    session: Session, kind: str, rows: _Rows, *, now: datetime, backfill: bool
) -> list[Outcome]:
    if kind == "product":
        for row in rows:
            loans.put_product(session, product=cast(ProductInput, row), now=now)
        return [Outcome("stored")] * len(rows)
    if kind == "borrower":
        return put_borrowers(session, rows, now=now, backfill=backfill)
    if kind == "installment":
        return loans.put_installments(session, cast(Any, rows), now=now, backfill=backfill)
    if kind == "payment":
        return loans.stream_payments(session, cast(Any, rows), now=now, backfill=backfill)
    put = cast(Callable[..., list[Outcome]], _SETTLED[kind])
    return put(session, rows, now=now, settled=False, backfill=backfill)


_SETTLED = {
    "loan": loans.put_loans,
    "statement": loans.put_statements,
    "delinquency": loans.put_delinquencies,
    "adjustment": loans.add_adjustments,
    "payment": loans.add_payments,
}
