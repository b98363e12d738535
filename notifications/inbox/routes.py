"""A borrower reads her inbox."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from notifications.inbox import queries, service
from notifications.inbox.errors import InboxItemUnknown
from notifications.inbox.schemas import InboxArgs, InboxSchema, ReadAllArgs, UnreadSchema
from notifications.inbox.wording import in_words

blp = blueprint(
    "inbox",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/inbox",
    description="What you were told, whether or not anything rang.",
)


@blp.route("")
class Inbox(MethodView):
    @blp.arguments(InboxArgs, location="query")
    @blp.response(200, InboxSchema)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """Your messages, newest first, in your language, and how many you have not read."""
        unread = args["unread"]
        with reading() as session:
            found, unread_count = queries.page_own(
                session,
                borrower_id=caller().id,
                is_unread=None if unread is None else unread == "true",
                args=args,
            )
            items = in_words(session, found.items, locale=locale())
        return {"items": items, "next_cursor": found.next_cursor, "unread_count": unread_count}


@blp.route("/<uuid:item_id>/read")
class Reading(MethodView):
    @refuses(InboxItemUnknown)
    @blp.response(200, UnreadSchema)
    def post(self, item_id: UUID) -> dict[str, int]:
        """You have read it. Saying so again changes nothing."""
        with transaction() as session:
            service.read(session, borrower_id=caller().id, item_id=item_id, now=clock.now())
            return {"unread_count": queries.count_unread(session, borrower_id=caller().id)}


@blp.route("/read-all")
class ReadingAll(MethodView):
    @refuses(InboxItemUnknown)
    @blp.arguments(ReadAllArgs, location="query")
    @blp.response(200, UnreadSchema)
    def post(self, args: dict[str, Any]) -> dict[str, int]:
        """You have read everything, or everything up to the message that you name."""
        with transaction() as session:
            service.read_all(session, borrower_id=caller().id, now=clock.now(), up_to=args["up_to"])
            return {"unread_count": queries.count_unread(session, borrower_id=caller().id)}
