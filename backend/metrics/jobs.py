"""The job `metrics-daily`: today's figures, and the days before that are not counted yet.

It runs every hour and restates the day, so that who looks at noon sees noon; its last run of the
day is what the day keeps. Run late or twice it counts the same.
"""

from typing import Any

from backend.kit.db import reading, transaction
from backend.kit.figures import DailyFigure
from backend.kit.wiring import Job, JobContext
from backend.metrics import queries, service, sources


def count_daily(context: JobContext) -> dict[str, Any]:
    """Every figure by itself: one that fails leaves the others counted, and fails the run."""
    kept, failed = {}, None
    for name, figure in sources.list_figures().items():
        try:
            kept[name] = _count(name, figure, context)
        except Exception as error:  # noqa: BLE001 - raised once the others have had their turn
            failed = failed or error
        context.heartbeat()
    if failed is not None:
        raise failed
    return {"figures": len(kept), "rows": sum(kept.values())}


def _count(name: str, figure: DailyFigure, context: JobContext) -> int:
    with reading() as session:
        last = queries.find_last_counted(session, name=name)
    with figure.open() as session:
        span, counted = service.count_days(
            session, figure=figure, last_counted_on=last, as_of=context.as_of, now=context.now
        )
    with transaction() as session:
        return service.keep(
            session, name=name, figure=figure, span=span, counted=counted, now=context.now
        )


JOBS = (Job(name="metrics-daily", cron="50 * * * *", run=count_daily),)
