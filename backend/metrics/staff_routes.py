"""The programme's figures, day by day, for staff."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint
from backend.kit.db import reading
from backend.kit.http import locale
from backend.kit.programme_zone import programme_day
from backend.kit.texts import Locale
from backend.metrics import view
from backend.metrics.schemas import ProgrammeArgs, ProgrammeFiguresSchema

blp = blueprint(
    "metrics",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/metrics",
    description="The programme in daily figures: counts, and nobody in particular.",
    permission="overview.read",
)


@blp.route("/programme")
class Programme(MethodView):
    @blp.arguments(ProgrammeArgs, location="query")
    @blp.response(200, ProgrammeFiguresSchema)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """Every figure, of each day on which it was counted; 400 days at most."""
        today = programme_day(clock.now())
        first, last = view.read_span(args["from_"], args["to"], today=today)
        with reading() as session:
            found = view.list_series(session, first_on=first, last_on=last)
        return {"from": first, "to": last, "figures": [_shown(each, locale()) for each in found]}


def _shown(series: view.Series, language: Locale) -> dict[str, Any]:
    return {
        "name": series.name,
        "text": series.figure.text.in_(language),
        "measure": series.figure.measure,
        "unit": series.figure.unit.in_(language),
        "parts": [
            {"part": code, "text": text.in_(language)} for code, text in series.parts.items()
        ],
        "days": series.days,
    }
