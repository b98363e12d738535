"""Tidying of what the tools leave behind, nightly, and of keys, weekly."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from backend.kit import clock, delivery, idempotency, jobs, resealing
from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from backend.staff import service
from backend.staff.service import failures, sso

BATCHES_MAX = 1_000


def purge(context: JobContext) -> dict[str, Any]:
    """Forget delivered outbox rows and runs of jobs after 30 days, stored answers after a day."""
    return {
        "deliveries": _in_batches(context, delivery.purge_delivered),
        "answers": _in_batches(context, idempotency.purge_answers),
        "runs": _in_batches(context, jobs.purge_runs),
    }


def tidy_accounts(context: JobContext) -> dict[str, Any]:
    """Expire role changes that nobody decided; forget old failures and sign-ons left half-way."""
    with transaction() as session:
        expired = service.expire_role_changes(session, now=context.now)
    return {
        "role_changes_expired": expired,
        # Technical time: these are no part of a demo's days.
        "failures": _in_batches(context, lambda s: failures.purge_failures(s, now=clock.wall())),
        "sign_ons": _in_batches(context, lambda s: sso.purge(s, now=clock.wall())),
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
    Job(name="staff-accounts", cron="50 3 * * *", run=tidy_accounts),
)
