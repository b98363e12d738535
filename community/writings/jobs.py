"""Nightly tidying behind the wall."""

from typing import Any

from backend.kit import idempotency
from backend.kit.wiring import Job, JobContext
from community import wall

BATCHES_MAX = 1_000


def purge(context: JobContext) -> dict[str, Any]:
    """Forget stored answers after a day, as on the other side."""
    total = 0
    for _ in range(BATCHES_MAX):
        with wall.transaction() as session:
            gone = idempotency.purge_answers(session, table=idempotency.WalledAnswer)
        if gone == 0:
            break
        total += gone
        context.heartbeat()
    return {"answers": total}


JOBS = (Job(name="community-purge", cron="45 3 * * *", run=purge),)
