"""The profile's scheduled work."""

from typing import Any

from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from backend.profile import queries, service

CHUNK = 5_000


def refresh_all(context: JobContext) -> dict[str, Any]:
    """Store what the passing of days has changed, chunk by chunk; a repeat finds nothing to do.

    Ages are counted on reading, so this only finds those for whom a window's edge has passed.
    """
    looked_at = changed = 0
    after = None
    while True:
        with transaction() as session:
            chunk = queries.list_after(session, after=after, limit=CHUNK)
            if chunk:
                changed += service.refresh_stale(
                    session, borrower_ids=chunk, now=context.now, today=context.as_of
                )
        if not chunk:
            return {"borrowers": looked_at, "changed": changed}
        looked_at += len(chunk)
        after = chunk[-1]
        context.heartbeat()


JOBS = (Job(name="profile-refresh", cron="30 1 * * *", run=refresh_all),)
