"""Campaigns' scheduled work, and what every worker does all the time."""

import threading

from backend.kit import clock
from backend.kit.wiring import Job, Loop
from rewards.campaigns import joining, replay_worker

IDLE_SECONDS = 2.0


def _join(stopping: threading.Event) -> None:
    while not stopping.is_set():
        if not joining.join_some(now=clock.now()):
            stopping.wait(IDLE_SECONDS)


JOBS = (Job(name="campaigns-join", cron="15 3 * * *", run=joining.join_all),)
LOOPS = (
    Loop(name="campaigns-join", run=_join),
    Loop(name="campaigns-replay", run=replay_worker.run_loop),
)
