"""The job `moderation-counts`: what waited long enough begins to count, or falls."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from backend.kit.wiring import Job, JobContext
from community import wall
from community.moderation import queries, service

BATCH = 500


def let_count(context: JobContext) -> dict[str, Any]:
    """Ten minutes are over: it counts. No second person came: it falls.

    One transaction for each: one that fails leaves the others alone, and fails the run.
    """
    with wall.transaction() as session:
        due = list(queries.list_due(session, now=context.now, limit=BATCH))
        unconfirmed = list(queries.list_unconfirmed(session, now=context.now, limit=BATCH))
    work: list[tuple[UUID, Callable[..., bool]]] = [
        *((each, service.let_count) for each in due),
        *((each, service.lapse) for each in unconfirmed),
    ]
    done, failed = {service.let_count: 0, service.lapse: 0}, None
    for decision_id, act in work:
        try:
            with wall.transaction() as session:
                done[act] += act(session, decision_id=decision_id, now=context.now)
        except Exception as error:  # noqa: BLE001 - raised once the others have had their turn
            failed = failed or error
        context.heartbeat()
    if failed is not None:
        raise failed
    return {"decisions": done[service.let_count], "unconfirmed": done[service.lapse]}


JOBS = (Job(name="moderation-counts", cron="* * * * *", run=let_count),)
