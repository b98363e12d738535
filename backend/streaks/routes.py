"""A borrower's own streaks."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading
from backend.kit.http import locale
from backend.kit.paging import Page, PageArgs
from backend.streaks import queries
from backend.streaks.schemas import StreakPageSchema
from backend.streaks.view import show

blp = blueprint(
    "streaks",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/streaks",
    description="How many instalments in a row you kept, loan by loan, and what counts next.",
)


@blp.route("")
class Streaks(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, StreakPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Your streak on each loan, the newest loan first."""
        with reading() as session:
            found = queries.page_own(session, borrower_id=caller().id, now=clock.now(), args=args)
        language = locale()
        return Page([show(each, locale=language) for each in found.items], found.next_cursor)
