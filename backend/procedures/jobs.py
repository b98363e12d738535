"""The procedures' scheduled work."""

from typing import Any

from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from backend.procedures import service

BATCH = 500


def end_held(context: JobContext) -> dict[str, Any]:
    """Withdraw cases of silence of those who have asked for something; a repeat finds none."""
    ended = 0
    while True:
        with transaction() as session:
            done = service.end_silences_held(
                session, today=context.as_of, now=context.now, limit=BATCH
            )
        ended += done
        if done < BATCH:
            return {"withdrawn": ended}
        context.heartbeat()


JOBS = (Job(name="procedures-held", cron="10 2 * * *", run=end_held),)
