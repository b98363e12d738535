"""Tidying of what was told long ago."""

from collections.abc import Callable
from typing import Any

from backend.kit import clock
from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from backend.webhooks import service

BATCHES_MAX = 5_000


def purge(context: JobContext) -> dict[str, Any]:
    """Forget messages after 30 days, and deleted endpoints once their log is gone."""
    return {
        "messages": _in_batches(context, service.purge_messages),
        "endpoints": _in_batches(context, service.purge_endpoints),
    }


def _in_batches(context: JobContext, purge_batch: Callable[..., int]) -> int:
    total = 0
    for _ in range(BATCHES_MAX):
        with transaction() as session:
            gone = purge_batch(session, now=clock.wall())
        if gone == 0:
            break
        total += gone
        context.heartbeat()
    return total


JOBS = (Job("webhooks-purge", cron="35 3 * * *", run=purge),)
