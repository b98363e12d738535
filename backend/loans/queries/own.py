"""What a borrower is shown of her loans: to the cent, as of a day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, exists, false, literal, or_, select, union_all
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.kit.clock import day_in_zone
from backend.kit.money import Rounding, rounded
from backend.kit.paging import Page, page, page_of
from backend.kit.problems import FieldError, Invalid, NotFound
from backend.loans.models import (
    Adjustment,
    DisputedAdjustment,
    Installment,
    Loan,
    Payment,
    Statement,
)
from backend.loans.queries.histories import (
    LoanKey,
    LoanRecord,
    find_record,
    list_records,
)
from backend.loans.queries.precisions import DUE_PRECISION, LAST_PRECISION, columns_of
from backend.loans.rules import Allocation, LoanState
from backend.loans.rules.state import days_late, paid_ratio

RATIO_PLACES = 4
PANEL_LOANS_MAX = 50
FEE_COLUMNS = ("id", "on", "kind", "amount_minor", "installment", "is_disputed")

_COLUMNS = (
    *(column for column in Loan.__table__.c if column.name not in ("recorded_at", "updated_at")),
    Borrower.timezone,
)
_OWN = select(
    *_COLUMNS,
    LAST_PRECISION.label("last_payment_precision"),
    DUE_PRECISION.label("next_due_precision"),
).join(Borrower, Borrower.id == Loan.borrower_id)


def get_own_loan(
    session: Session, *, borrower_id: UUID, loan_id: UUID, now: datetime, as_of: date | None
) -> dict[str, Any]:
    """One loan of hers as of a day, today when none is named.

    One select, unless the kept state is behind the rows or another day is asked for. Refuses:
    NotFound, Invalid (a day before its opening or after today).
    """
    row = session.execute(
        _OWN.where(Loan.borrower_id == borrower_id, Loan.id == loan_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    today = day_in_zone(now, row.timezone)
    if as_of is None and not row.stale:
        return _view(row._mapping, as_of=today)
    day = as_of or today
    if as_of is not None:
        _check_day(as_of, opened_on=row.opened_on, today=today)
    return _replayed(session, row._mapping, as_of=day)


def _check_day(as_of: date, *, opened_on: date, today: date) -> None:
    if as_of > today:
        raise Invalid(errors=[FieldError("#/as_of", f"Must not lie after {today}.")])
    if as_of < opened_on:
        raise Invalid(errors=[FieldError("#/as_of", f"Must not lie before {opened_on}.")])


def _replayed(session: Session, row: Mapping[Any, Any], *, as_of: date) -> dict[str, Any]:
    record = find_record(session, borrower_id=row["borrower_id"], loan_id=row["id"], as_of=as_of)
    if record is None:
        raise NotFound
    return _view(dict(row) | columns_of(record, as_of=as_of), as_of=as_of)


def check_is_own(session: Session, *, borrower_id: UUID, loan_id: UUID) -> None:
    """Refuses: NotFound, unless the loan is hers."""
    mine = select(Loan.id).where(Loan.borrower_id == borrower_id, Loan.id == loan_id)
    if session.execute(mine).first() is None:
        raise NotFound


def list_own_loans(
    session: Session, *, borrower_id: UUID, now: datetime, args: Mapping[str, Any]
) -> Page:
    """Her loans, newest first."""
    found = page(
        session,
        _OWN.where(Loan.borrower_id == borrower_id),
        keys=(Loan.id,),
        args=args,
        descending=True,
    )
    return Page(_views(session, found.items, now=now), found.next_cursor)


def list_panel(session: Session, *, borrower_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """Her loans as staff see them beside her particulars, newest first, at most 50."""
    rows = session.execute(
        _OWN.where(Loan.borrower_id == borrower_id).order_by(Loan.id.desc()).limit(PANEL_LOANS_MAX)
    ).all()
    return _views(session, rows, now=now)


def _views(session: Session, rows: Sequence[Any], *, now: datetime) -> list[dict[str, Any]]:
    stale = [LoanKey(row.borrower_id, row.id) for row in rows if row.stale]
    fresh = {
        record.key.loan_id: columns_of(record)
        for record in (list_records(session, keys=stale) if stale else ())
    }
    return [
        _view(dict(row._mapping) | fresh.get(row.id, {}), as_of=day_in_zone(now, row.timezone))
        for row in rows
    ]


def _view(loan: Mapping[Any, Any], *, as_of: date) -> dict[str, Any]:
    reported = loan["dpd_source"] == "reported"
    reported_on = loan["reported_as_of"] if reported else None
    return {
        "id": loan["id"],
        "kind": loan["kind"],
        "product_code": loan["product_code"],
        "status": loan["status"],
        "currency": loan["currency"],
        "principal_minor": loan["principal_minor"],
        "credit_limit_minor": loan["credit_limit_minor"],
        "annual_rate": _rate(loan["annual_rate"]),
        "opened_on": loan["opened_on"],
        "paid_ratio": _ratio(
            paid_ratio(
                ratio_basis_minor=loan["ratio_basis_minor"],
                outstanding_principal_minor=loan["outstanding_principal_minor"],
            )
        ),
        "outstanding": {
            "principal_minor": loan["outstanding_principal_minor"],
            "interest_minor": loan["outstanding_interest_minor"],
            "fee_minor": loan["outstanding_fee_minor"],
            "penalty_minor": loan["outstanding_penalty_minor"],
            "total_minor": loan["outstanding_minor"],
        },
        "paid_minor": loan["paid_minor"],
        "credit_minor": loan["credit_minor"],
        "next_due": _next_due(loan),
        "last_payment_on": loan["last_payment_on"],
        "last_payment_precision": loan["last_payment_precision"],
        "days_past_due": _days_past_due(loan, as_of=as_of),
        "dpd_source": loan["dpd_source"],
        "reported_as_of": reported_on,
        "reported_age_days": (as_of - reported_on).days if reported_on else None,
        "activity": loan["reported_activity"] if reported else None,
        "as_of": as_of,
    }


def _days_past_due(loan: Mapping[Any, Any], *, as_of: date) -> int | None:
    if loan["status"] == "closed":
        return 0
    if loan["dpd_source"] == "reported":
        days: int | None = loan["reported_dpd"]
        return days
    return days_late(loan["oldest_unpaid_due_on"], today=as_of)


def _next_due(loan: Mapping[Any, Any]) -> dict[str, Any] | None:
    # A closed loan asks for nothing, whatever its rows leave open.
    if loan["status"] == "closed" or loan["next_amount_minor"] is None:
        return None
    return {
        "number": loan["next_number"],
        "due_on": loan["next_due_on"],
        # A schedule's days are facts; a statement's may be a convention.
        "date_precision": loan["next_due_precision"] or "day",
        "amount_minor": loan["next_amount_minor"],
        "minimum_due_minor": loan["next_minimum_minor"],
        "assumed": loan["next_assumed"] or [],
    }


def _ratio(value: Fraction) -> str:
    """Four places, rounded down: nobody reads 1 before all is paid."""
    scale = 10**RATIO_PLACES
    whole = rounded(value * scale, rounding=Rounding.DOWN)
    return f"{Decimal(whole) / scale:.{RATIO_PLACES}f}"


def _rate(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _get_state(
    session: Session, *, borrower_id: UUID, loan_id: UUID
) -> tuple[LoanRecord, LoanState]:
    record = find_record(session, borrower_id=borrower_id, loan_id=loan_id)
    if record is None:
        raise NotFound
    return record, record.state()


def list_own_schedule(
    session: Session, *, borrower_id: UUID, loan_id: UUID, now: datetime, args: Mapping[str, Any]
) -> dict[str, Any]:
    """A page of her schedule, each row with what was charged, paid and waived on it.

    Refuses: NotFound.
    """
    record, state = _get_state(session, borrower_id=borrower_id, loan_id=loan_id)
    today = day_in_zone(now, record.timezone)
    # Of the rows that were replayed: a second look at the table could show one that was not.
    found = page_of(
        [line for line in state.lines if line.number is not None],
        keys=(Installment.number,),
        values=lambda line: (line.number,),
        args=args,
    )
    left: dict[int | None, int] = {}
    balance = sum(line.charged.principal_minor for line in state.lines)
    for line in state.lines:
        balance -= line.charged.principal_minor
        left[line.number] = balance
    items = [
        {
            "number": line.number,
            "due_on": line.due_on,
            "principal_minor": line.charged.principal_minor,
            "interest_minor": line.charged.interest_minor,
            "fee_minor": line.charged.fee_minor,
            "penalty_minor": line.charged.penalty_minor,
            "total_minor": line.charged.total_minor,
            "paid_minor": line.paid.total_minor,
            "waived_minor": line.waived.total_minor,
            "open_minor": line.open_minor,
            "balance_minor": left[line.number],
            "paid_on": line.paid_on,
            "paid_precision": line.paid_precision,
            "state": line.state_on(today),
        }
        for line in found.items
    ]
    return _answer(record, items, found)


def list_own_statements(
    session: Session, *, borrower_id: UUID, loan_id: UUID, args: Mapping[str, Any]
) -> dict[str, Any]:
    """A page of a revolving account's statements, newest first. Refuses: NotFound."""
    record, state = _get_state(session, borrower_id=borrower_id, loan_id=loan_id)
    found = page_of(
        record.history.statements,
        keys=(Statement.month,),
        values=lambda row: (row.month,),
        args=args,
        descending=True,
    )
    lines = {line.month: line for line in state.lines}
    items = [
        {
            "month": f"{row.month:%Y-%m}",
            "closed_on": row.closed_on,
            "due_on": row.due_on,
            "balance_minor": row.balance_minor,
            "minimum_due_minor": row.minimum_due_minor,
            "date_precision": record.precisions[row.month],
            "assumed": list(row.assumed),
            "paid_minor": lines[row.month].paid.total_minor,
            "paid_on": lines[row.month].paid_on,
            "paid_precision": lines[row.month].paid_precision,
        }
        for row in found.items
    ]
    return _answer(record, items, found)


def list_own_payments(
    session: Session, *, borrower_id: UUID, loan_id: UUID, args: Mapping[str, Any]
) -> dict[str, Any]:
    """A page of her payments, newest first, each with what it paid. Refuses: NotFound."""
    record, state = _get_state(session, borrower_id=borrower_id, loan_id=loan_id)
    found = page_of(
        record.history.payments,
        keys=(Payment.received_on, Payment.id),
        values=lambda row: (row.received_on, row.id),
        args=args,
        descending=True,
    )
    allocations: dict[UUID, list[dict[str, Any]]] = {}
    for allocation in state.allocations:
        allocations.setdefault(allocation.payment_id, []).append(_allocation(allocation))
    left = dict(state.credits)
    items = [
        {
            "id": row.id,
            "amount_minor": row.amount_minor,
            "received_on": row.received_on,
            "date_precision": row.date_precision,
            "reversed_on": row.reversed_on,
            "allocations": allocations.get(row.id, []),
            "credit_minor": left.get(row.id, 0),
        }
        for row in found.items
    ]
    return _answer(record, items, found)


def _allocation(allocation: Allocation) -> dict[str, Any]:
    parts = allocation.parts
    return {
        "installment": allocation.line,
        "statement": f"{allocation.month:%Y-%m}" if allocation.month else None,
        "on": allocation.on,
        "principal_minor": parts.principal_minor,
        "interest_minor": parts.interest_minor,
        "fee_minor": parts.fee_minor,
        "penalty_minor": parts.penalty_minor,
        "total_minor": parts.total_minor,
    }


def list_own_fees(
    session: Session, *, borrower_id: UUID, loan_id: UUID, args: Mapping[str, Any]
) -> dict[str, Any]:
    """A page of every fee, penalty and waiver, planned ones among them, newest first.

    Refuses: NotFound.
    """
    record, state = _get_state(session, borrower_id=borrower_id, loan_id=loan_id)
    offset = Adjustment.__table__.alias("offset_by")
    later = select(
        Adjustment.on_date.label("on"),
        cast(Adjustment.id, String).label("key"),
        Adjustment.kind.label("kind"),
        Adjustment.amount_minor.label("amount_minor"),
        literal(None, Installment.number.type).label("installment"),
        Adjustment.id.label("id"),
        or_(
            # Her id said again, so that no plan reads everybody's.
            exists().where(
                DisputedAdjustment.borrower_id == borrower_id,
                DisputedAdjustment.adjustment_id == Adjustment.id,
            ),
            exists().where(
                offset.c.borrower_id == borrower_id, offset.c.offsets_id == Adjustment.id
            ),
        ).label("is_disputed"),
    ).where(Adjustment.borrower_id == borrower_id, Adjustment.loan_id == loan_id)
    planned = [
        select(
            Installment.due_on.label("on"),
            (cast(Installment.number, String) + f" {kind}").label("key"),
            literal(kind).label("kind"),
            column.label("amount_minor"),
            Installment.number.label("installment"),
            literal(None, Adjustment.id.type),
            false(),
        ).where(Installment.borrower_id == borrower_id, Installment.loan_id == loan_id, column > 0)
        for kind, column in (
            ("fee", Installment.fee_minor),
            ("penalty", Installment.penalty_minor),
        )
    ]
    every = union_all(later, *planned).subquery("every")
    keys: Any = (every.c.on, every.c.key)
    found = page(session, select(every), keys=keys, args=args, descending=True)
    items = [{name: row._mapping[name] for name in FEE_COLUMNS} for row in found.items]
    return _answer(record, items, found) | {
        "outstanding": {
            "fee_minor": state.outstanding.fee_minor,
            "penalty_minor": state.outstanding.penalty_minor,
        },
        "waived_minor": state.waived_minor,
    }


def _answer(record: LoanRecord, items: list[dict[str, Any]], found: Page) -> dict[str, Any]:
    return {"currency": record.currency, "items": items, "next_cursor": found.next_cursor}
