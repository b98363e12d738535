"""Staff try out what a loan's terms, changes and payments would amount to."""

from typing import Any

from flask.views import MethodView

from backend.kit.audience import Audience, blueprint
from backend.kit.http import locale
from backend.loans import service
from backend.loans.schedule_schemas import PlannedScheduleSchema, ScheduleInSchema

blp = blueprint(
    "loans",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff/loan-schedules",
    description="Schedules to the cent, of terms, dated changes and payments; nothing is stored.",
    permission="schedules.preview",
)


@blp.route("/preview")
class SchedulePreview(MethodView):
    @blp.arguments(ScheduleInSchema)
    @blp.response(200, PlannedScheduleSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """What the borrower would owe, and when.

        The order of `changes` and `payments` means nothing, their days do. `as_of` is the day from
        which it is seen: payments after it are not yet made, and what is overdue bears interest
        until then; without it, the day of the last payment, payoff, re-ageing or re-amortising.
        """
        request = args["request"]
        schedule = service.preview_schedule(request, locale=locale())
        return {
            "currency": args["currency"],
            "rounding": request.terms.rounding,
            "as_of": schedule.as_of,
            "rows": schedule.rows,
            "totals": schedule.totals,
        }
