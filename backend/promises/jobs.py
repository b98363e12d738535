"""Scheduled work on promises: by the day and by what was paid."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from backend.promises import queries, service

CHUNK = 500
JUDGED_FOR = timedelta(days=400)  # later news is heard by its event


def judge_all(context: JobContext) -> dict[str, Any]:
    """Decide every promise of the last year by her day and payments; a repeat moves nothing.

    All of them, and not those alone that are due: history that was imported tells nobody.
    """
    looked_at = moved = 0
    after = (UUID(int=0), UUID(int=0))
    while True:
        with transaction() as session:
            chunk = queries.list_after(
                session, after=after, since=context.as_of - JUDGED_FOR, limit=CHUNK
            )
            moved += service.judge_loans(
                session,
                keys={(borrower_id, loan_id) for borrower_id, loan_id, _ in chunk},
                now=context.now,
            )
        if not chunk:
            return {"promises": looked_at, "moved": moved}
        looked_at += len(chunk)
        after = (chunk[-1][0], chunk[-1][2])
        context.heartbeat()


JOBS = (Job(name="promises", cron="15 1 * * *", run=judge_all),)
