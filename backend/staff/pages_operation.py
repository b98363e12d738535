"""Pages of operators: jobs, deliveries that gave up, the trail of staff actions."""

from datetime import datetime
from uuid import UUID

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from backend.kit import clock, console, delivery
from backend.kit.console import Area, Entry, permits
from backend.kit.db import reading, transaction
from backend.kit.paging import LIMIT_MAX
from backend.kit.wiring import Job
from backend.staff import desk, queries, service
from backend.staff.errors import NotParked
from backend.staff.schemas import RetrySchema
from backend.staff.wording import ACTIONS, JOBS, PARKED, RUN_STATES

PARKED_SHOWN = 100
ACTIONS_SHOWN = 50

jobs_blp = console.page_blueprint(
    "jobs",
    __name__,
    url_prefix="/console/jobs",
    permission="jobs.read",
    menu=(
        Entry(Area.OPERATION, JOBS["title"], "/console/jobs", order=10),
        Entry(Area.OPERATION, PARKED["title"], "/console/jobs/parked-deliveries", order=20),
    ),
)
actions_blp = console.page_blueprint(
    "staff_actions",
    __name__,
    url_prefix="/console/staff-actions",
    permission="staff.read",
    menu=(Entry(Area.OPERATION, ACTIONS["title"], "/console/staff-actions", order=50),),
)


def count_parked(session: Session, staff_id: UUID, now: datetime) -> int:  # noqa: ARG001
    """For the first page."""
    return len(delivery.list_parked(session, limit=PARKED_SHOWN))


@jobs_blp.get("")
def jobs() -> Response:
    known: list[Job] = current_app.config["JOBS"]
    zone: str = current_app.config["PROGRAMME_ZONE"]
    with reading() as session:
        items = desk.list_jobs(session, known=known, zone=zone, now=clock.wall())
        waiting = delivery.count_open(session)
    return console.render(
        "staff/jobs.html",
        title=JOBS["title"],
        said_here=JOBS,
        run_states=RUN_STATES,
        items=items,
        waiting=waiting,
    )


@jobs_blp.get("/parked-deliveries")
def parked() -> Response:
    with reading() as session:
        rows = delivery.list_parked(session, limit=PARKED_SHOWN)
    return console.render(
        "staff/parked.html",
        title=PARKED["title"],
        said_here=PARKED,
        rows=rows,
        may_retry="jobs.retry" in console.signed_in().permissions,
    )


@jobs_blp.post("/parked-deliveries/retry")
@permits("jobs.retry")
def retry() -> Response:
    form = console.fields_of(RetrySchema)
    with transaction() as session:
        if not delivery.retry_parked(session, handler=form["handler"], seq=form["seq"]):
            raise NotParked
        service.record_action(
            session,
            staff_id=console.caller().id,
            action="delivery.retry",
            subject=f"delivery:{form['handler']}:{form['seq']}",
        )
    return console.done("/console/jobs/parked-deliveries", PARKED["retried"])


@actions_blp.get("")
def actions() -> Response:
    cursor = request.args.get("cursor")
    with reading() as session:
        page = queries.list_actions(
            session, args={"limit": min(ACTIONS_SHOWN, LIMIT_MAX), "cursor": cursor}
        )
        names = queries.find_emails(session, ids={row.staff_id for row in page.items})
    return console.render(
        "staff/actions.html",
        title=ACTIONS["title"],
        said_here=ACTIONS,
        page=page,
        names=names,
        is_first=cursor is None,
    )
