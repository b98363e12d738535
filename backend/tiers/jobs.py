"""The tiers' scheduled work."""

import time
from typing import Any

from sqlalchemy import Row

from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from backend.tiers import runs

WAIT_SECONDS = 0.2


def retier_all(context: JobContext) -> dict[str, Any]:
    """Re-tier everybody by the live policy: one run a policy version and day.

    Every worker that calls this takes chunks of the same run, and stays until all are done, so
    that a chunk whose worker died is taken up again. A policy that is published meanwhile ends
    the run; everybody is then looked at by the new one.
    """
    run = _work_off(context)
    while run.superseded_by is not None:
        run = _work_off(context)
    return {
        "tier_run_id": str(run.id),
        "policy_version": run.policy_version,
        "evaluated": run.evaluated,
        "moved": run.moved,
        "counts": run.counts,
    }


def _work_off(context: JobContext) -> Row[Any]:
    with transaction() as session:
        run = runs.start_or_join(session, today=context.as_of, now=context.now)
    while run.finished_at is None:
        with transaction() as session:
            did_one = runs.work_off_one(session, run=run)
        context.heartbeat()
        if did_one:
            continue
        with transaction() as session:
            if runs.count_open_chunks(session, run_id=run.id) == 0:
                run = runs.finish(session, run_id=run.id)
                break
        time.sleep(WAIT_SECONDS)
    return run


JOBS = (Job(name="re-tier", cron="0 2 * * *", run=retier_all, parallel=True),)
