"""What runs at night."""

from typing import Any

from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from backend.loans import service

MISSED_CHUNK = 2_000


def announce_missed(context: JobContext) -> dict[str, Any]:
    """Announce instalments whose day has passed unpaid, chunk by chunk; each once ever."""
    total = 0
    while True:
        with transaction() as session:
            count = service.announce_missed(session, now=context.now, limit=MISSED_CHUNK)
        total += count
        context.heartbeat()
        if count < MISSED_CHUNK:
            return {"missed": total}


JOBS = (Job("loans-daily", cron="10 0 * * *", run=announce_missed, parallel=True),)
