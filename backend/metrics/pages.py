"""The overview: the programme in charts, with the figures as tables beside them."""

from datetime import timedelta
from typing import Any

from flask import Response, request

from backend.kit import clock, console
from backend.kit.console import Area, Entry
from backend.kit.db import reading
from backend.kit.figures import Measure
from backend.kit.programme_zone import programme_day
from backend.metrics import view
from backend.metrics.drawing import draw
from backend.metrics.view import Series
from backend.metrics.wording import SPANS, TITLE, WORDS

SPAN_DEFAULT = "30"

blp = console.page_blueprint(
    "overview",
    __name__,
    url_prefix="/console/overview",
    permission="overview.read",
    menu=(Entry(Area.HOME, TITLE, "/console/overview", order=10),),
)


@blp.get("")
def overview() -> Response:
    chosen = request.args.get("days", SPAN_DEFAULT)
    span = chosen if chosen in SPANS else SPAN_DEFAULT
    today = programme_day(clock.now())
    first = today - timedelta(days=int(span) - 1)
    with reading() as session:
        found = view.list_series(session, first_on=first, last_on=today)
    counted = [each for each in found if each.days]
    return console.render(
        "metrics/overview.html",
        title=TITLE,
        say=WORDS,
        spans=SPANS,
        span=span,
        cards=[_card(each) for each in counted if each.figure.measure is not Measure.LONGEST],
        waits=_waits(counted),
        charts=[draw(each, first_on=first, last_on=today) for each in counted if each.parts],
        counted_at=max((each.days[-1].counted_at for each in counted), default=None),
    )


def _card(series: Series) -> dict[str, Any]:
    """A figure's last day: all of it, and its parts."""
    last = series.days[-1]
    return {
        "text": series.figure.text,
        "unit": series.figure.unit,
        "on": last.on,
        "total": last.total,
        "parts": [
            (series.parts[part], last.parts[part]) for part in series.parts if part in last.parts
        ],
    }


def _waits(found: list[Series]) -> list[tuple[Any, Any, int, Any]]:
    """The longest waits as they stood last: what, where, how long, in what unit."""
    rows = []
    for each in found:
        if each.figure.measure is Measure.LONGEST:
            last = each.days[-1]
            rows += [
                (each.figure.text, each.parts[part], number, each.figure.unit)
                for part, number in sorted(last.parts.items(), key=lambda item: -item[1])
            ]
    return rows
