"""The procedures' scheduled work."""

from typing import Any

from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from backend.procedures import service

BATCH = 500


def end_ended(context: JobContext) -> dict[str, Any]:
    """Withdraw cases of silence of those who paid or asked for something; a repeat finds none."""
    ended = 0
    while True:
        with transaction() as session:
            done = service.end_silences_unnoticed(
                session, today=context.as_of, now=context.now, limit=BATCH
            )
        ended += done
        if done < BATCH:
            return {"withdrawn": ended}
        context.heartbeat()


JOBS = (Job(name="procedures-signs", cron="*/10 * * * *", run=end_ended),)
