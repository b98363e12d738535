"""What runs at night: days that passed, and what is late of plans in force."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.db import AnyRow, reading, transaction
from backend.kit.wiring import Job, JobContext
from backend.repayment_plans import night_queries, service

CHUNK = 500
FIRST = (UUID(int=0), UUID(int=0))
# It is tomorrow in some zone already: each is asked by her own day.
ZONES_AHEAD = timedelta(days=2)


def follow_days(context: JobContext) -> dict[str, Any]:
    """Go through what was due by now, request by request; a run that was cut off begins anew."""
    before = context.as_of + ZONES_AHEAD
    moved = _each(context, before, night_queries.list_past_due, service.follow_day)
    missed = _each(context, before, night_queries.list_overdue_plans, _follow_plan)
    return {"moved": moved, "looked_at": missed}


def _follow_plan(session: Session, *, borrower_id: UUID, request_id: UUID, now: datetime) -> bool:
    service.follow_plan(session, borrower_id=borrower_id, request_id=request_id, now=now)
    return True


def _each(
    context: JobContext,
    before: date,
    listed: Callable[..., list[AnyRow]],
    follow: Callable[..., bool],
) -> int:
    count, after = 0, FIRST
    while True:
        with reading() as session:
            rows = listed(session, before=before, after=after, limit=CHUNK)
        for row in rows:
            # Each in a transaction of its own: locks are short, and what is done stays done.
            with transaction() as session:
                count += follow(
                    session, borrower_id=row.borrower_id, request_id=row.id, now=context.now
                )
        context.heartbeat()
        if len(rows) < CHUNK:
            return count
        after = (rows[-1].borrower_id, rows[-1].id)


JOBS = (Job("plans-daily", cron="20 0 * * *", run=follow_days),)
