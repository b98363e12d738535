"""The badges' scheduled work."""

from typing import Any

from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from backend.profile import queries as profile
from rewards.badges import service

CHUNK = 5_000
CHUNK_SECONDS_MAX = 120


def award_all(context: JobContext) -> dict[str, Any]:
    """Give everybody what past and present facts earn by the live definitions, chunk by chunk.

    After a version was published this gives it over history; a repeat finds nothing to give.
    """
    looked_at = awarded = 0
    after = None
    while True:
        with transaction(patience_seconds=CHUNK_SECONDS_MAX) as session:
            chunk = profile.list_after(session, after=after, limit=CHUNK)
            if chunk:
                awarded += service.award(
                    session, borrower_ids=chunk, now=context.now, is_history=True
                )
        if not chunk:
            return {"borrowers": looked_at, "awarded": awarded}
        looked_at += len(chunk)
        after = chunk[-1]
        context.heartbeat()


JOBS = (Job(name="badges-award", cron="45 2 * * *", run=award_all),)
