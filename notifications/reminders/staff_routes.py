"""Staff write and publish the plan of reminders, and read what reminders do."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.programme_zone import programme_day
from backend.staff.errors import SecondPersonNeeded
from notifications.reminders import queries, service
from notifications.reminders.errors import (
    ReminderPlanNotDraft,
    ReminderPlanSuperseded,
    ReminderPlanUnknown,
)
from notifications.reminders.schemas import (
    EffectArgs,
    EffectSchema,
    ReminderPlanInSchema,
    ReminderPlanPageSchema,
    ReminderPlanSchema,
)

MEASURE_SECONDS_MAX = 60  # a million borrowers

blp = blueprint(
    "reminders",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/reminder-plans",
    description="When borrowers are reminded, and what that does.",
    permission="reminders.read",
)


@blp.route("")
class Plans(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, ReminderPlanPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Versions of the plan, newest first; the newest published one counts."""
        with reading() as session:
            return queries.page_plans(session, args=args)

    @permits("reminders.author")
    @blp.arguments(ReminderPlanInSchema)
    @blp.response(201, ReminderPlanSchema)
    def post(self, args: dict[str, Any]) -> Any:
        """Write a version within the rules; it counts once another person has published it."""
        with transaction() as session:
            version = service.write_plan(
                session,
                document=args["plan"],
                note=args["note"],
                author_id=caller().id,
                now=clock.now(),
            )
            return queries.get_plan(session, version=version)


@blp.route("/effect")
class EffectView(MethodView):
    @blp.arguments(EffectArgs, location="query")
    @blp.response(200, EffectSchema)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """Who paid by the due day: those who may be reminded beside those left without.

        Of each borrower the first instalment due in the span, and before today, counts. Cards,
        whose payments are known by the month, are not in it.
        """
        with transaction(patience_seconds=MEASURE_SECONDS_MAX) as session:
            found = queries.measure(session, **args, today=programme_day(clock.now()))
        gain = found.difference
        return {
            **vars(found),
            "difference": None if gain is None else gain[0],
            "difference_interval": None if gain is None else gain[1:],
        }


@blp.route("/<int(max=2147483647):version>")
class PlanView(MethodView):
    @refuses(ReminderPlanUnknown)
    @blp.response(200, ReminderPlanSchema)
    def get(self, version: int) -> Any:
        """One version, draft or published. A version never changes."""
        with reading() as session:
            return queries.get_plan(session, version=version)


@blp.route("/<int(max=2147483647):version>/publish")
class PlanPublication(MethodView):
    @idempotent
    @permits("reminders.publish", is_four_eyes=True)
    @refuses(ReminderPlanUnknown, ReminderPlanNotDraft, ReminderPlanSuperseded, SecondPersonNeeded)
    @blp.response(200, ReminderPlanSchema)
    def post(self, version: int) -> Any:
        """Let another person's version count from the next run on, if it is the newest."""
        with transaction() as session:
            service.publish_plan(
                session, version=version, publisher_id=caller().id, now=clock.now()
            )
            return queries.get_plan(session, version=version)
