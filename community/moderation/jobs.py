"""The job `moderation-counts`: decisions whose ten minutes are over begin to count."""

from typing import Any

from backend.kit.wiring import Job, JobContext
from community import wall
from community.moderation import queries, service

BATCH = 500


def let_count(context: JobContext) -> dict[str, Any]:
    """One transaction for each: one that fails leaves the others alone, and fails the run."""
    counted, failed = 0, None
    with wall.transaction() as session:
        due = list(queries.list_due(session, now=context.now, limit=BATCH))
    for decision_id in due:
        try:
            with wall.transaction() as session:
                counted += service.let_count(session, decision_id=decision_id, now=context.now)
        except Exception as error:  # noqa: BLE001 - raised once the others have had their turn
            failed = failed or error
        context.heartbeat()
    if failed is not None:
        raise failed
    return {"decisions": counted}


JOBS = (Job(name="moderation-counts", cron="* * * * *", run=let_count),)
