"""Tidying of what log-in leaves behind."""

from collections.abc import Callable
from typing import Any

from backend.auth import revocations
from backend.auth.service import purge
from backend.kit import clock
from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext

BATCHES_MAX = 1_000


def forget(context: JobContext) -> dict[str, Any]:
    """Forget old codes, ended sessions, and revocations that no living token can meet."""
    return {
        "challenges": _in_batches(context, purge.purge_challenges),
        "sessions": _in_batches(context, purge.purge_sessions),
        "revocations": _in_batches(context, revocations.purge),
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


JOBS = (Job("purge-log-ins", cron="20 * * * *", run=forget),)
