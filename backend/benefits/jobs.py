"""Scheduled work on benefits: what the packs offer, and what ends by its date."""

from typing import Any
from uuid import UUID

from backend.benefits import service
from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext

OFFER_CHUNK = 5_000
EXPIRY_CHUNK = 5_000


def offer_packs(context: JobContext) -> dict[str, Any]:
    """Offer the live packs to whom they are for; who has an item of this month has it once.

    Chunk by chunk: a run that was cut off goes on with those who lack it.
    """
    offered = 0
    after = UUID(int=0)
    while True:
        with transaction() as session:
            bounds = service.find_offer_bounds(session, after=after, limit=OFFER_CHUNK)
            if bounds is None:
                return {"offered": offered}
            offered += service.offer_range(
                session, bounds=bounds, today=context.as_of, now=context.now
            )
        after = bounds.last
        context.heartbeat()


def end_expired(context: JobContext) -> dict[str, Any]:
    """End what was not taken up, or not fulfilled, by its last day."""
    total = 0
    while True:
        with transaction() as session:
            ended = service.end_beyond_date(
                session, today=context.as_of, now=context.now, limit=EXPIRY_CHUNK
            )
        total += ended
        if ended < EXPIRY_CHUNK:
            return {"ended": total}
        context.heartbeat()


JOBS = (
    Job(name="benefit-expiry", cron="5 3 * * *", run=end_expired),
    Job(name="benefit-packs", cron="10 3 * * *", run=offer_packs),
)
