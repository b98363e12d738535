"""Scheduled work: relief moves on with the days, and the fund follows what became of its grants."""

from typing import Any
from uuid import UUID

from backend.borrowers import queries as borrowers
from backend.hardship import service
from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext

CHUNK = 500


def move_relief_on(context: JobContext) -> dict[str, Any]:
    """Begin or prolong relief where we are late, and end it where it was granted so long.

    Her own day counts: a zone that is behind the programme's is found the next night.
    """
    counts = {"prolonged": 0, "ended": 0}
    after = (UUID(int=0), UUID(int=0))
    while True:
        with transaction() as session:
            due = service.list_due(
                session, today=context.as_of, now=context.now, after=after, limit=CHUNK
            )
        for borrower_id, application_id in due:
            with transaction() as session:
                today = borrowers.get_day(session, borrower_id=borrower_id, now=context.now)
                done = service.move_on(
                    session,
                    borrower_id=borrower_id,
                    application_id=application_id,
                    today=min(today, context.as_of),
                    now=context.now,
                )
            if done in counts:
                counts[done] += 1
        context.heartbeat()
        if len(due) < CHUNK:
            return counts
        after = due[-1]


def settle_fund(context: JobContext) -> dict[str, Any]:
    """Book what the core system carried out as paid, and give back what ended before."""
    counts: dict[str, int] = {}
    while True:
        with transaction() as session:
            due = service.list_to_settle(session, limit=CHUNK)
            for row in due:
                after = service.settle_grant(
                    session,
                    borrower_id=row.borrower_id,
                    fund_grant_id=row.id,
                    now=context.now,
                )
                counts[after] = counts.get(after, 0) + 1
        context.heartbeat()
        if len(due) < CHUNK:
            return counts


def stop_referrals(context: JobContext) -> dict[str, Any]:
    """Take back introductions that are not made yet, where she took her consent back."""
    total = 0
    while True:
        with transaction() as session:
            due = service.list_unconsented(session, limit=CHUNK)
            for row in due:
                service.withdraw_referral(
                    session,
                    borrower_id=row.borrower_id,
                    application_id=row.application_id,
                    referral_id=row.id,
                    now=context.now,
                )
        total += len(due)
        context.heartbeat()
        if len(due) < CHUNK:
            return {"stopped": total}


JOBS = (
    Job(name="hardship-relief", cron="15 0 * * *", run=move_relief_on),
    Job(name="hardship-fund", cron="*/10 * * * *", run=settle_fund),
    Job(name="hardship-referrals", cron="*/10 * * * *", run=stop_referrals),
)
