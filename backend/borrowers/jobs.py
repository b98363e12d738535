"""Scheduled work on borrowers."""

from typing import Any
from uuid import UUID

from backend.borrowers import service
from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext

REENCRYPT_CHUNK = 1_000


def reencrypt(context: JobContext) -> dict[str, Any]:
    """Seal every field under the current key. A run that was cut off just starts again."""
    after: UUID | None = UUID(int=0)
    total = 0
    while after is not None:
        with transaction() as session:
            after, count = service.reencrypt_chunk(session, after=after, limit=REENCRYPT_CHUNK)
        total += count
        context.heartbeat()
    return {"resealed": total}


JOBS = (Job("reencrypt", cron="40 3 * * 0", run=reencrypt),)
