"""Scheduled work on the catalogue: what nobody claimed goes back, codes that end go."""

from typing import Any

from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from rewards.catalogue import service

CHUNK = 200


def tidy(context: JobContext) -> dict[str, Any]:
    """Give unclaimed redemptions back and withdraw codes that nobody can draw any more."""
    failed = 0
    while True:
        with transaction() as session:
            found = service.fail_unclaimed(session, now=context.now, limit=CHUNK)
        failed += found
        if found < CHUNK:
            break
        context.heartbeat()
    with transaction() as session:
        withdrawn = service.withdraw_expired(session, today=context.as_of)
    return {"failed": failed, "codes_withdrawn": withdrawn}


JOBS = (Job(name="catalogue-tidy", cron="20 3 * * *", run=tidy),)
