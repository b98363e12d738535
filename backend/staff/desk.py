"""What the operator's desk shows of the scheduled jobs, as JSON and as a page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.kit import jobs
from backend.kit.wiring import Job


def list_jobs(
    session: Session, *, known: Sequence[Job], zone: str, now: datetime
) -> list[dict[str, Any]]:
    """Each job: when it runs next, its latest runs, the latest error."""
    runs = jobs.list_latest(session, jobs=[job.name for job in known])
    items = []
    for job in known:
        own = [run for run in runs if run.job == job.name]
        items.append(
            {
                "name": job.name,
                "schedule": job.cron,
                "next_at": jobs.next_slot(job, zone=zone, now=now),
                "last_error": next((run.error for run in own if run.error), None),
                "runs": own,
            }
        )
    return items
