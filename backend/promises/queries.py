"""Reads of promises."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, all_, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from backend.loans.models import Loan, Payment
from backend.loans.rules import MONTH_PRECISION
from backend.promises.errors import PromiseUnknown
from backend.promises.models import Promise
from backend.promises.rules import FINAL, LOOK_BACK, Past, State

PANEL_MAX = 20


def page_own(
    session: Session, *, borrower_id: UUID, loan_id: UUID | None, args: Mapping[str, object]
) -> Page:
    """Her promises, of one loan or of all, newest first."""
    query = select(Promise.__table__).where(Promise.borrower_id == borrower_id)
    if loan_id is not None:
        query = query.where(Promise.loan_id == loan_id)
    return page(session, query, keys=(Promise.id,), args=args, descending=True)


def get_own(session: Session, *, borrower_id: UUID, promise_id: UUID) -> AnyRow:
    """One promise of hers. Refuses: PromiseUnknown."""
    row = session.execute(_one(borrower_id, promise_id)).first()
    if row is None:
        raise PromiseUnknown
    return row


def get_own_for_update(session: Session, *, borrower_id: UUID, promise_id: UUID) -> AnyRow:
    """The same, locked. Refuses: PromiseUnknown."""
    row = session.execute(_one(borrower_id, promise_id).with_for_update()).first()
    if row is None:
        raise PromiseUnknown
    return row


def _one(borrower_id: UUID, promise_id: UUID) -> Select[tuple[object, ...]]:
    return select(Promise.__table__).where(
        Promise.borrower_id == borrower_id, Promise.id == promise_id
    )


def list_newest(session: Session, *, borrower_id: UUID) -> Sequence[AnyRow]:
    """The last of her promises, newest first."""
    return session.execute(
        select(Promise.__table__)
        .where(Promise.borrower_id == borrower_id)
        .order_by(Promise.id.desc())
        .limit(PANEL_MAX)
    ).all()


def list_past(session: Session, *, borrower_id: UUID, today: date) -> list[Past]:
    """Her promises that count for how often she may make one."""
    since = today - LOOK_BACK
    rows = session.execute(
        select(Promise.made_on, Promise.on_date, Promise.state).where(
            Promise.borrower_id == borrower_id,
            or_(Promise.made_on > since, Promise.on_date > since),
        )
    )
    return [Past(row.made_on, row.on_date, State(row.state)) for row in rows]


def list_for_update(session: Session, *, keys: Collection[tuple[UUID, UUID]]) -> Sequence[AnyRow]:
    """Promises of these loans that may still change, locked in one order, with her zone.

    `keys`: whose loan and which. `is_settled`: nothing is open on it, as far as is kept.
    """
    query = (
        select(
            *Promise.__table__.c,
            Borrower.timezone,
            or_(Loan.status == "closed", and_(Loan.outstanding_minor == 0, ~Loan.stale)).label(
                "is_settled"
            ),
        )
        .join(Borrower, Borrower.id == Promise.borrower_id)
        .join(Loan, and_(Loan.borrower_id == Promise.borrower_id, Loan.id == Promise.loan_id))
        .where(
            tuple_(Promise.borrower_id, Promise.loan_id).in_(list(keys)),
            Promise.state.not_in(FINAL),
        )
        .order_by(Promise.borrower_id, Promise.id)
        .with_for_update(of=Promise)
    )
    return session.execute(query).all()


def list_paid(session: Session, *, borrower_ids: Collection[UUID]) -> dict[UUID, int]:
    """What was paid on each promise of these borrowers, by the promise's id; none for nothing."""
    rows = session.execute(
        select(Promise.id, func.sum(Payment.amount_minor))
        .join(Payment, counting())
        .where(Promise.borrower_id.in_(borrower_ids), Promise.state.not_in(FINAL))
        .group_by(Promise.borrower_id, Promise.id)
    )
    return {promise_id: int(paid) for promise_id, paid in rows}


def counting() -> ColumnElement[bool]:
    """Which payments count for a promise; `rules.counts` says the same of one."""
    month = func.date_trunc("month", Payment.received_on).cast(Date)
    made_in = func.date_trunc("month", Promise.made_on).cast(Date)
    return and_(
        Payment.borrower_id == Promise.borrower_id,
        Payment.loan_id == Promise.loan_id,
        Payment.reversed_on.is_(None),
        or_(
            and_(
                Payment.date_precision != MONTH_PRECISION,
                Payment.received_on.between(Promise.made_on, Promise.on_date),
            ),
            and_(
                Payment.date_precision == MONTH_PRECISION,
                month >= made_in,
                month <= Promise.on_date,
            ),
        ),
        Payment.id != all_(Promise.not_counted),
    )


def list_after(
    session: Session, *, after: tuple[UUID, UUID], since: date, limit: int
) -> list[tuple[UUID, UUID, UUID]]:
    """Promises that may change, for days since then, by their keys: whose, of which loan, which."""
    rows = session.execute(
        select(Promise.borrower_id, Promise.loan_id, Promise.id)
        .where(
            Promise.state.not_in(FINAL),
            Promise.on_date >= since,
            tuple_(Promise.borrower_id, Promise.id) > after,
        )
        .order_by(Promise.borrower_id, Promise.id)
        .limit(limit)
    )
    return [(row.borrower_id, row.loan_id, row.id) for row in rows]
