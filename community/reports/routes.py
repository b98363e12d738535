"""A borrower reports, and reads what came of it."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.http import locale, refuses
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import NotFound
from community import wall
from community.cases.rules import Target
from community.reports import queries, service
from community.reports.errors import OwnReport, TooManyReports
from community.reports.schemas import ReportInSchema, ReportPageSchema, ReportSchema
from community.writings.errors import WritingUnknown

blp = blueprint(
    "reports",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/community/reports",
    description="Somebody should look at this: who says so stays unknown, and hears back.",
)


@blp.route("")
class Reports(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, ReportPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """What you reported, newest first, and what came of it."""
        with wall.reading() as session:
            found = queries.page_own(session, borrower_id=caller().id, args=args)
        items = [queries.in_words(row, locale=locale()) for row in found.items]
        return Page(items, found.next_cursor)

    @wall.idempotent
    @refuses(NotFound, WritingUnknown, OwnReport, TooManyReports)
    @blp.arguments(ReportInSchema)
    @blp.response(201, ReportSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Ask a moderator to look. The same again is the same report."""
        with wall.transaction() as session:
            row = service.report(
                session,
                borrower_id=caller().id,
                target_type=Target(args.pop("target_type")),
                now=clock.now(),
                **args,
            )
            seen = queries.get_own(session, reporter_id=row.reporter_id, report_id=row.id)
        return queries.in_words(seen, locale=locale())
