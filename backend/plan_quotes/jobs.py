"""What runs at night."""

from typing import Any

from backend.kit.db import transaction
from backend.kit.wiring import Job, JobContext
from backend.plan_quotes import upkeep


def forget_ended(context: JobContext) -> dict[str, Any]:
    """Remove quotes that ended a month ago and that nothing hangs on."""
    removed = 0
    while True:
        with transaction() as session:
            gone = upkeep.forget_ended(session, now=context.now)
        removed += gone
        context.heartbeat()
        if not gone:
            return {"removed": removed}


JOBS = (Job("forget-plan-quotes", "20 3 * * *", forget_ended),)
