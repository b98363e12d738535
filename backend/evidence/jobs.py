"""The job `evidence-seal`: every minute, what was written gets its place under a new head."""

from typing import Any

from backend.evidence import sealing
from backend.kit import clock
from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext

BATCHES_MAX = 5_000  # 20 million entries; what is left comes a minute later


def seal(context: JobContext) -> dict[str, Any]:
    """Seal batch after batch until nothing waits, or somebody else is at it."""
    count = after = batches = 0
    while batches < BATCHES_MAX:
        with transaction() as session:
            batch = sealing.seal_batch(session, after=after, now=clock.wall())
        if batch is None:
            break
        count, after, batches = count + batch.sealed, batch.last, batches + 1
        context.heartbeat()
        if batch.sealed < sealing.BATCH:
            break
    return {"entries": count}


JOBS = (Job(name="evidence-seal", cron="* * * * *", run=seal),)
