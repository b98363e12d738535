"""Staff see which messages no provider would have, and send one once more."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from notifications.deliveries import queries, service
from notifications.deliveries.errors import DeliveryNotFailed, DeliveryNotFound, DeliveryStale
from notifications.deliveries.schemas import DeadLetterPageSchema, DeadLetterRetrySchema

blp = blueprint(
    "dead-letters",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff/dead-letters",
    description="Messages that no provider would have: ids and codes, nobody's particulars.",
    permission="jobs.read",
)


@blp.route("")
class DeadLetters(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, DeadLetterPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Messages that failed for good, newest first."""
        with reading() as session:
            return queries.page_dead_letters(session, args=args)


@blp.route("/retry")
class DeadLetterRetry(MethodView):
    @idempotent
    @permits("jobs.retry")
    @refuses(DeliveryNotFound, DeliveryNotFailed, DeliveryStale)
    @blp.arguments(DeadLetterRetrySchema)
    @blp.response(204)
    def post(self, args: dict[str, Any]) -> None:
        """Send one once more, after the same last look as any other."""
        with transaction() as session:
            service.retry(
                session,
                borrower_id=args["borrower_id"],
                delivery_id=args["id"],
                staff_id=caller().id,
                now=clock.now(),
            )
