"""The units of a borrower's loans as she is shown them; facts come from `profile`'s statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Date, Text, and_, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from backend.borrowers.models import Borrower
from backend.kit.clock import day_in_zone
from backend.kit.paging import Page, page
from backend.loans.models import Delinquency, Installment, Loan, LoanProduct, Payment
from backend.streaks.rules import (
    Outcome,
    Reason,
    Unit,
    add_months,
    installment_outcome,
    is_repairable,
    month_outcome,
)


@dataclass(frozen=True, slots=True)
class ShownUnit:
    """A unit with what is told of it: its number in the schedule, its days, why it is so."""

    unit: Unit
    number: int | None
    reason: Reason
    days_late: int | None = None


@dataclass(frozen=True, slots=True)
class LoanUnits:
    """One loan with all its units up to a day, oldest first, and what is still to come."""

    loan: Any
    as_of: date
    units: Sequence[ShownUnit]
    next_on: date | None

    @property
    def is_reported(self) -> bool:
        """Whether its units are months."""
        return bool(self.loan.dpd_source == "reported")


def _installments() -> ColumnElement[Any]:
    own = (Installment.borrower_id == Loan.borrower_id, Installment.loan_id == Loan.id)
    # Counted, for of EXISTS the database may make one look at the whole table.
    is_day_known = (
        select(func.count() == 0)
        .where(
            Payment.borrower_id == Loan.borrower_id,
            Payment.loan_id == Loan.id,
            Payment.received_on == Installment.paid_on,
            Payment.date_precision == "month",
            Payment.reversed_on.is_(None),
        )
        .correlate(Loan, Installment)
        .scalar_subquery()
    )
    amount = Installment.principal_minor + Installment.interest_minor + Installment.fee_minor
    row = func.json_build_array(
        Installment.number,
        Installment.due_on,
        Installment.paid_on,
        amount == 0,
        # Asked only where it matters.
        case((Installment.paid_on <= Installment.due_on, True), else_=is_day_known),
    )
    ordered = aggregate_order_by(row, Installment.due_on, Installment.number)
    return (
        select(cast(func.json_agg(ordered), Text))
        .where(*own, Loan.dpd_source == "computed")
        .correlate(Loan)
        .scalar_subquery()
    )


def _months(today: ColumnElement[Any]) -> ColumnElement[Any]:
    month = cast(func.date_trunc("month", Delinquency.as_of), Date)
    months = (
        select(
            month.label("month"),
            func.max(Delinquency.days_past_due).label("days"),
            func.bool_or(Delinquency.activity != "none").label("is_active"),
        )
        .where(
            Delinquency.borrower_id == Loan.borrower_id,
            Delinquency.loan_id == Loan.id,
            Delinquency.as_of <= today,
            Loan.dpd_source == "reported",
        )
        .group_by(month)
        .correlate(Loan, Borrower)
        .lateral("months")
    )
    row = func.json_build_array(months.c.month, months.c.days, months.c.is_active)
    ordered = aggregate_order_by(row, months.c.month)
    return select(cast(func.json_agg(ordered), Text)).select_from(months).scalar_subquery()


def page_own(
    session: Session, *, borrower_id: UUID, now: datetime, args: Mapping[str, Any]
) -> Page:
    """Her loans, newest first, each with its units."""
    today = cast(func.timezone(Borrower.timezone, literal(now)), Date)
    own = (
        select(
            Loan.id,
            Loan.kind,
            Loan.product_code,
            Loan.status,
            Loan.dpd_source,
            LoanProduct.grace_days,
            Borrower.timezone,
            _installments().label("installments"),
            _months(today).label("months"),
        )
        .join(Borrower, Borrower.id == Loan.borrower_id)
        .join(LoanProduct, LoanProduct.code == Loan.product_code)
        .where(and_(Loan.borrower_id == borrower_id, Loan.opened_on <= today))
    )
    found = page(session, own, keys=(Loan.id,), args=args, descending=True)
    return Page([_loan_units(row, now=now) for row in found.items], found.next_cursor)


def _loan_units(row: Any, *, now: datetime) -> LoanUnits:
    as_of = day_in_zone(now, row.timezone)
    if row.dpd_source == "reported":
        months = [(date.fromisoformat(on), *rest) for on, *rest in _read(row.months)]
        latest = max((on for on, *_ in months), default=date.min)
        units = [_month(on, days, is_active=is_active) for on, days, is_active in months]
        return LoanUnits(row, as_of, units, _next_month_end(latest, as_of=as_of))
    rows = [
        (number, date.fromisoformat(due), date.fromisoformat(paid) if paid else None, *rest)
        for number, due, paid, *rest in _read(row.installments)
    ]
    shown = [_installment(each, grace_days=row.grace_days, as_of=as_of) for each in rows]
    coming = [
        each.unit.on
        for each, (_, _, paid_on, *_) in zip(shown, rows, strict=True)
        if each.reason is Reason.NOT_DUE_YET and paid_on is None
    ]
    # What is neither due nor paid is no unit yet.
    units = [each for each, known in zip(shown, rows, strict=True) if _is_unit(known, as_of=as_of)]
    return LoanUnits(row, as_of, units, min(coming, default=None))


def _read(value: str | None) -> Iterable[Any]:
    return orjson.loads(value) if value else ()


def _is_unit(row: tuple[Any, ...], *, as_of: date) -> bool:
    _, due_on, paid_on, *_ = row
    return due_on <= as_of or (paid_on is not None and paid_on <= as_of)


def _installment(row: tuple[Any, ...], *, grace_days: int, as_of: date) -> ShownUnit:
    number, due_on, paid_on, is_skipped, is_day_known = row
    outcome = installment_outcome(
        due_on=due_on, paid_on=paid_on, is_skipped=is_skipped, grace_days=grace_days, as_of=as_of
    )
    repairable = outcome is Outcome.BROKEN and is_repairable(
        due_on=due_on, paid_on=paid_on, is_day_known=is_day_known, as_of=as_of
    )
    is_paid = paid_on is not None and paid_on <= as_of
    days_late = max((paid_on - due_on).days, 0) if is_paid and not is_skipped else None
    reason = _reason(outcome, is_skipped=is_skipped, days_late=days_late)
    return ShownUnit(Unit(due_on, outcome, repairable), number, reason, days_late)


def _reason(outcome: Outcome, *, is_skipped: bool, days_late: int | None) -> Reason:
    if outcome is Outcome.KEPT:
        return Reason.WITHIN_GRACE if days_late else Reason.ON_TIME
    if outcome is Outcome.BROKEN:
        return Reason.NOT_PAID if days_late is None else Reason.PAID_LATE
    return Reason.SKIPPED if is_skipped else Reason.NOT_DUE_YET


def _next_month_end(latest: date, *, as_of: date) -> date:
    """The end of the first month that is not over and not reported yet."""
    this_month = as_of.replace(day=1)
    coming = this_month if latest < this_month else add_months(this_month, 1)
    return add_months(coming, 1) - timedelta(days=1)


def _month(on: date, days: int, *, is_active: bool) -> ShownUnit:
    outcome = month_outcome(days_past_due_max=days, has_activity=is_active)
    reasons = {
        Outcome.KEPT: Reason.MONTH_ON_TIME,
        Outcome.NEUTRAL: Reason.MONTH_WITHOUT_USE,
        Outcome.BROKEN: Reason.MONTH_LATE,
    }
    return ShownUnit(Unit(on, outcome), None, reasons[outcome])
