"""A borrower's points: what she can use, until when, and where each came from."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading
from backend.kit.http import locale
from backend.kit.paging import Page, PageArgs
from backend.kit.programme_zone import programme_day
from rewards.points import queries
from rewards.points.schemas import OwnPointsSchema, PointsEntryPageSchema
from rewards.points.wording import in_words

blp = blueprint(
    "points",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/points",
    description="Points for keeping one's word: never money, and never for borrowing.",
)


@blp.route("")
class Points(MethodView):
    @blp.response(200, OwnPointsSchema)
    def get(self) -> dict[str, Any]:
        """What you can use, what is on its way or set aside, and what expires when."""
        today = programme_day(clock.now())
        with reading() as session:
            return queries.get_own(session, borrower_id=caller().id, today=today)


@blp.route("/entries")
class Entries(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, PointsEntryPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Everything that happened to your points and why, the newest first."""
        with reading() as session:
            found = queries.page_entries(session, borrower_id=caller().id, args=args)
        items = [in_words(entry, locale=locale()) for entry in found.items]
        return Page(items, found.next_cursor)
