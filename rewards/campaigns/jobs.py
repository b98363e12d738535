"""Campaigns' scheduled work, and what every worker does all the time."""

import threading
from typing import Any

from backend.kit import clock
from backend.kit.db import reading, transaction
from backend.kit.wiring import Job, JobContext, Loop
from rewards.campaigns import joining, replay_worker, service

IDLE_SECONDS = 2.0


def _join(stopping: threading.Event) -> None:
    while not stopping.is_set():
        if not joining.join_some(now=clock.now()):
            stopping.wait(IDLE_SECONDS)


def _end_over(context: JobContext) -> dict[str, Any]:
    with reading() as session:
        over = service.list_over(session, now=context.now)
    ended = 0
    for campaign_id in over:
        with transaction() as session:
            ended += service.end_if_over(session, campaign_id=campaign_id, now=context.now)
        context.heartbeat()
    return {"ended": ended}


JOBS = (
    Job(name="campaigns-join", cron="15 3 * * *", run=joining.join_all),
    Job(name="campaigns-end", cron="45 3 * * *", run=_end_over),
)
LOOPS = (
    Loop(name="campaigns-join", run=_join),
    Loop(name="campaigns-replay", run=replay_worker.run_loop),
)
