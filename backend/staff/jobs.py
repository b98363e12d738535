"""Tidying of what the tools leave behind, nightly, and of keys, weekly."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from backend.kit import delivery, idempotency, resealing
from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext

BATCHES_MAX = 1_000


def purge(context: JobContext) -> dict[str, Any]:
    """Forget delivered outbox rows after 30 days and stored answers after 24 hours."""
    return {
        "deliveries": _in_batches(context, delivery.purge_delivered),
        "answers": _in_batches(context, idempotency.purge_answers),
    }


def _in_batches(context: JobContext, purge_batch: Callable[[Session], int]) -> int:
    total = 0
    for _ in range(BATCHES_MAX):
        with transaction() as session:
            gone = purge_batch(session)
        if gone == 0:
            break
        total += gone
        context.heartbeat()
    return total


JOBS = (
    Job(name="purge", cron="40 3 * * *", run=purge),
    Job(name="reencrypt", cron="40 3 * * 0", run=resealing.run),
)
