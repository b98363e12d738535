"""Quotes that ended and that nobody named go: the newest of a loan after a while, others at once.

Whatever hangs on a quote by a foreign key keeps it, whichever feature that is.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, true, tuple_
from sqlalchemy.orm import Session

from backend.kit.db import Base
from backend.plan_quotes.errors import TooManyQuotes
from backend.plan_quotes.models import PlanQuote

ENDED_OF_A_LOAN_MAX = 48
LIVE_OF_A_LOAN_MAX = 400
KEPT_AFTER_ITS_END = timedelta(days=30)
FORGOTTEN_AT_ONCE = 500


def refuse_beyond(
    session: Session, *, borrower_id: UUID, loan_id: UUID, more: int, now: datetime
) -> None:
    """So many more would be good at once; the loan is locked by the caller.

    What she was given stays good until its day, so the next is refused. What staff offer does not
    count. Refuses: TooManyQuotes.
    """
    found = session.execute(
        select(func.count(), func.min(PlanQuote.expires_at)).where(
            PlanQuote.borrower_id == borrower_id,
            PlanQuote.loan_id == loan_id,
            PlanQuote.expires_at > now,
            PlanQuote.source == "borrower",
        )
    ).one()
    if found[0] + more > LIVE_OF_A_LOAN_MAX:
        raise TooManyQuotes.until(found[1])


def forget_beyond(session: Session, *, borrower_id: UUID, loan_id: UUID, now: datetime) -> int:
    """Remove all but the newest that ended of a loan; the loan is locked by the caller."""
    beyond = (
        select(PlanQuote.borrower_id, PlanQuote.id)
        .where(
            PlanQuote.borrower_id == borrower_id,
            PlanQuote.loan_id == loan_id,
            PlanQuote.expires_at <= now,
        )
        .order_by(PlanQuote.quoted_at.desc(), PlanQuote.id.desc())
        .offset(ENDED_OF_A_LOAN_MAX)
    )
    return _forget(session, [(row.borrower_id, row.id) for row in session.execute(beyond)])


def forget_ended(session: Session, *, now: datetime, limit: int = FORGOTTEN_AT_ONCE) -> int:
    """Remove quotes that ended some time ago, the oldest first, at most `limit`."""
    ended = (
        select(PlanQuote.borrower_id, PlanQuote.id)
        .where(PlanQuote.expires_at < now - KEPT_AFTER_ITS_END, ~_is_named())
        .order_by(PlanQuote.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return _forget(session, [(row.borrower_id, row.id) for row in session.execute(ended)])


def _forget(session: Session, keys: list[tuple[UUID, UUID]]) -> int:
    if not keys:
        return 0
    held = session.execute(
        select(PlanQuote.borrower_id, PlanQuote.id)
        .where(tuple_(PlanQuote.borrower_id, PlanQuote.id).in_(keys))
        .order_by(PlanQuote.borrower_id, PlanQuote.id)
        .with_for_update(skip_locked=True)
    ).all()
    # A look of its own behind the lock: what was named meanwhile is seen, and stays.
    gone = session.execute(
        delete(PlanQuote).where(
            tuple_(PlanQuote.borrower_id, PlanQuote.id).in_([tuple(row) for row in held]),
            ~_is_named(),
        ),
        execution_options={"synchronize_session": False},
    )
    return int(getattr(gone, "rowcount", 0))


def _is_named() -> ColumnElement[bool]:
    """Whether a row of any table refers to the quote."""
    table = PlanQuote.__table__
    keys = [
        key
        for other in Base.metadata.tables.values()
        for key in other.foreign_key_constraints
        if key.referred_table is table
    ]
    found: ColumnElement[bool] = ~true()
    for key in keys:
        pairs = [element.parent == element.column for element in key.elements]
        found = found | exists().where(and_(*pairs)).correlate(table)
    return found
