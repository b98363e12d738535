"""The operator's desk: jobs, parked deliveries, the trail of staff actions."""

from typing import Any

from flask import current_app
from flask.views import MethodView

from backend.kit import clock, delivery
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.paging import Page, PageArgs
from backend.kit.wiring import Job
from backend.staff import desk, queries, service
from backend.staff.errors import NotParked
from backend.staff.schemas import (
    JobsSchema,
    ParkedListSchema,
    RetrySchema,
    StaffActionPageSchema,
)

PARKED_SHOWN = 100

blp = blueprint(
    "staff",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1",
    description="For operators: jobs, parked deliveries, the trail of staff actions.",
    permission="jobs.read",
)


@blp.route("/jobs")
class Jobs(MethodView):
    @blp.response(200, JobsSchema)
    def get(self) -> dict[str, Any]:
        """Scheduled jobs: when each runs next, how it went, and what handlers still have to do."""
        known: list[Job] = current_app.config["JOBS"]
        zone: str = current_app.config["PROGRAMME_ZONE"]
        with reading() as session:
            items = desk.list_jobs(session, known=known, zone=zone, now=clock.wall())
            waiting = delivery.count_open(session)
        return {"items": items, "open_deliveries": waiting}


@blp.route("/jobs/parked-deliveries")
class ParkedDeliveries(MethodView):
    @blp.response(200, ParkedListSchema)
    def get(self) -> dict[str, Any]:
        """Event deliveries that gave up after ten tries, newest first."""
        with reading() as session:
            return {"items": delivery.list_parked(session, limit=PARKED_SHOWN)}


@blp.route("/jobs/parked-deliveries/retry")
class ParkedRetry(MethodView):
    @permits("jobs.retry")
    @refuses(NotParked)
    @blp.arguments(RetrySchema)
    @blp.response(204)
    def post(self, args: dict[str, Any]) -> None:
        """Put one parked delivery back to work."""
        with transaction() as session:
            if not delivery.retry_parked(session, handler=args["handler"], seq=args["seq"]):
                raise NotParked
            service.record_action(
                session,
                staff_id=caller().id,
                action="delivery.retry",
                subject=f"delivery:{args['handler']}:{args['seq']}",
            )


@blp.route("/staff/actions")
class StaffActions(MethodView):
    @permits("staff.read")
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, StaffActionPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """What staff and operators did, newest first."""
        with reading() as session:
            return queries.list_actions(session, args=args)
