"""A borrower asks why she got a message, or did not."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.borrowers import queries as borrowers
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading
from backend.kit.http import locale, refuses
from backend.kit.paging import Page
from backend.kit.programme_zone import programme_zone
from notifications.messages import queries
from notifications.messages.errors import MessageUnknown
from notifications.messages.queries import Asked
from notifications.messages.schemas import (
    MessageArgs,
    MessagePageSchema,
    MessageSchema,
    as_instants,
)
from notifications.messages.wording import in_words

blp = blueprint(
    "messages",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/messages",
    description="Why you got a message, or did not, from the reasons that were kept.",
)


@blp.route("")
class OwnMessages(MethodView):
    @blp.arguments(MessageArgs, location="query")
    @blp.response(200, MessagePageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """All that was to be told to you, newest first: what became of it on each way, and why."""
        with reading() as session:
            zone = borrowers.find_timezone(session, borrower_id=caller().id)
            asked = Asked(
                purpose=args["purpose"],
                subject=args["subject"],
                **as_instants(args, zone=zone or programme_zone()),
            )
            found, ways = queries.page_own(session, borrower_id=caller().id, asked=asked, args=args)
            items = in_words(session, found.items, ways, locale=locale())
        return Page(items, found.next_cursor)


@blp.route("/<uuid:message_id>")
class OwnMessage(MethodView):
    @refuses(MessageUnknown)
    @blp.response(200, MessageSchema)
    def get(self, message_id: UUID) -> dict[str, Any]:
        """One of them; a message in your inbox has the same id."""
        with reading() as session:
            row, ways = queries.get_own(session, borrower_id=caller().id, message_id=message_id)
            [shown] = in_words(session, [row], ways, locale=locale())
        return shown
