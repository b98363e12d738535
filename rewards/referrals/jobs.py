"""Scheduled work on referrals."""

from typing import Any

from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from rewards.referrals import service

CHUNK = 1_000


def lapse(context: JobContext) -> dict[str, Any]:
    """End invitations that waited for a year."""
    total = 0
    while True:
        with transaction() as session:
            found = service.lapse(session, today=context.as_of, now=context.now, limit=CHUNK)
        total += found
        if found < CHUNK:
            return {"lapsed": total}
        context.heartbeat()


JOBS = (Job(name="referral-lapse", cron="25 3 * * *", run=lapse),)
