"""How borrowers kept their days within spans of days, for those who compare groups of them.

Definitions, each of one borrower and one span; all of it is known by the span's last day, so that
it is the same whenever it is asked, but for payments that are entered or taken back later:

- *due*: an instalment with an amount whose day lies in the span and that was not paid before it,
  or a reported month that ends in it and had activity;
- *kept*: paid by its day; of a reported month, nothing past due;
- *past due on a day*: an instalment due before it is unpaid then, or the last report says so;
- *fell late*: on the day after some due day in the span, or by some report in it, she was past
  due, and just before she was not.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from backend.loans.models import Delinquency, Installment

NO_ACTIVITY = "none"


def select_conduct_in(spans: FromClause) -> Select[*tuple[Any, ...]]:
    """Of each row of `spans` (borrower_id, from_on, until_on) what the definitions say.

    Columns borrower_id, dues, kept, was_late_at_start, is_late_at_end, was_late_before, fell_late.
    Each reads her own rows alone, by their key.
    """
    from_on, until_on = spans.c.from_on, spans.c.until_on
    dues, reports = _dues(spans), _reports(spans)
    return select(
        spans.c.borrower_id,
        (_count(dues) + _count(reports)).label("dues"),
        (
            _count([*dues, Installment.paid_on <= Installment.due_on])
            + _count([*reports, Delinquency.days_past_due == 0])
        ).label("kept"),
        _is_late(spans, from_on).label("was_late_at_start"),
        _is_late(spans, until_on).label("is_late_at_end"),
        _was_late_by(spans, from_on).label("was_late_before"),
        _fell_late(spans).label("fell_late"),
    ).select_from(spans)


def _charged(row: Any) -> ColumnElement[bool]:
    charged: ColumnElement[bool] = row.principal_minor + row.interest_minor + row.fee_minor > 0
    return charged


def _dues(spans: FromClause) -> list[Any]:
    return [
        Installment.borrower_id == spans.c.borrower_id,
        Installment.due_on.between(spans.c.from_on, spans.c.until_on),
        _charged(Installment),
        func.coalesce(Installment.paid_on >= spans.c.from_on, literal(value=True)),
    ]


def _reports(spans: FromClause) -> list[Any]:
    return [
        Delinquency.borrower_id == spans.c.borrower_id,
        Delinquency.as_of.between(spans.c.from_on, spans.c.until_on),
        Delinquency.activity != NO_ACTIVITY,
    ]


def _count(conditions: list[Any]) -> Any:
    return select(func.count()).where(*conditions).scalar_subquery()


def _unpaid(row: Any, day: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = and_(
        row.due_on < day, or_(row.paid_on.is_(None), row.paid_on > day), _charged(row)
    )
    return found


def _is_late(spans: FromClause, day: Any) -> ColumnElement[bool]:
    unpaid = exists().where(
        Installment.borrower_id == spans.c.borrower_id, _unpaid(Installment, day)
    )
    report, later = aliased(Delinquency), aliased(Delinquency)
    reported = exists().where(
        report.borrower_id == spans.c.borrower_id,
        report.as_of <= day,
        report.days_past_due > 0,
        ~exists().where(
            later.borrower_id == report.borrower_id,
            later.loan_id == report.loan_id,
            later.as_of > report.as_of,
            later.as_of <= day,
        ),
    )
    return or_(unpaid, reported)


def _was_late_by(spans: FromClause, day: Any) -> ColumnElement[bool]:
    """At some time until a day."""
    late = func.coalesce(Installment.paid_on > Installment.due_on, literal(value=True))
    missed = exists().where(
        Installment.borrower_id == spans.c.borrower_id,
        Installment.due_on < day,
        _charged(Installment),
        late,
    )
    reported = exists().where(
        Delinquency.borrower_id == spans.c.borrower_id,
        Delinquency.as_of <= day,
        Delinquency.days_past_due > 0,
    )
    return or_(missed, reported)


def _fell_late(spans: FromClause) -> ColumnElement[bool]:
    older = aliased(Installment)
    missed = exists().where(
        Installment.borrower_id == spans.c.borrower_id,
        Installment.due_on >= spans.c.from_on,
        Installment.due_on < spans.c.until_on,
        _charged(Installment),
        func.coalesce(Installment.paid_on > Installment.due_on, literal(value=True)),
        ~exists().where(
            older.borrower_id == Installment.borrower_id, _unpaid(older, Installment.due_on)
        ),
    )
    report, before, between = aliased(Delinquency), aliased(Delinquency), aliased(Delinquency)
    last_before = and_(
        before.borrower_id == report.borrower_id,
        before.loan_id == report.loan_id,
        before.as_of < report.as_of,
        ~exists().where(
            between.borrower_id == report.borrower_id,
            between.loan_id == report.loan_id,
            between.as_of > before.as_of,
            between.as_of < report.as_of,
        ),
    )
    reported = exists().where(
        report.borrower_id == spans.c.borrower_id,
        report.as_of > spans.c.from_on,
        report.as_of <= spans.c.until_on,
        report.days_past_due > 0,
        ~exists().where(last_before, before.days_past_due > 0),
    )
    return or_(missed, reported)
