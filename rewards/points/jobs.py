"""Points' scheduled work. Each may be killed, repeated or late: it looks for what is to be done."""

from datetime import date
from typing import Any

from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from rewards.points import service

EXPIRY_CHUNK = 20_000
NOTICE_CHUNK = 5_000
HOLDS_CHUNK = 500
PASSES_MAX = 5


def expire(context: JobContext) -> dict[str, Any]:
    """Post the expiry of all that can no longer be spent, a chunk of borrowers at a time.

    Who had points moved at that very moment is passed over, and found by the next pass.
    """
    expired = 0
    for _ in range(PASSES_MAX):
        found, done = _expire_once(context)
        expired += done
        if found == 0:
            break
    return {"lots": expired}


def _expire_once(context: JobContext) -> tuple[int, int]:
    found = done = 0
    day = date.min
    while True:
        with transaction() as session:
            due = service.next_due_day(session, today=context.as_of, after=day)
        if due is None:
            return found, done
        day = due
        after = service.FIRST
        while True:
            with transaction() as session:
                chunk = service.expire_chunk(
                    session, expired_on=day, after=after, limit=EXPIRY_CHUNK, now=context.now
                )
            context.heartbeat()
            if chunk.found == 0:
                break
            found, done, after = found + chunk.found, done + chunk.done, chunk.last_id


def announce_expiring(context: JobContext) -> dict[str, Any]:
    """Announce, once for each borrower and day, what expires within 30 days."""
    told = 0
    for expires_on in service.days_to_tell(context.as_of):
        after = service.FIRST
        while True:
            with transaction() as session:
                chunk = service.announce_expiring(
                    session,
                    expires_on=expires_on,
                    after=after,
                    limit=NOTICE_CHUNK,
                    now=context.now,
                )
            context.heartbeat()
            if chunk.found == 0:
                break
            told, after = told + chunk.done, chunk.last_id
    return {"borrowers": told}


def release_overdue(context: JobContext) -> dict[str, Any]:
    """Give back what was set aside and not used by its deadline."""
    released = 0
    while True:
        with transaction() as session:
            count = service.release_overdue(session, now=context.now, limit=HOLDS_CHUNK)
        released += count
        context.heartbeat()
        if count < HOLDS_CHUNK:
            return {"holds": released}


JOBS = (
    Job(name="points-holds", cron="*/10 * * * *", run=release_overdue),
    Job(name="points-expiry", cron="20 0 * * *", run=expire),
    Job(name="points-notices", cron="50 0 * * *", run=announce_expiring),
)
