"""Staff answer a borrower who asks why she got a message, or did not."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.borrowers import queries as borrower_reads
from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound, PurposeMissing
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, rated
from backend.kit.db import transaction
from backend.kit.http import locale, refuses
from backend.kit.paging import Page
from backend.kit.programme_zone import programme_zone
from backend.kit.rate_limit import LOOK_UP
from notifications.messages import queries
from notifications.messages.queries import Asked
from notifications.messages.schemas import (
    LookArgs,
    MessageArgs,
    MessagePageSchema,
    as_instants,
)
from notifications.messages.wording import in_words

blp = blueprint(
    "messages",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff/borrowers",
    description="Why you got a message, or did not, from the reasons that were kept.",
    permission="contacts.read",
)


@blp.route("/<uuid:borrower_id>/messages")
class BorrowerMessages(MethodView):
    @rated(LOOK_UP)
    @refuses(BorrowerNotFound, PurposeMissing)
    @blp.arguments(LookArgs, location="headers")
    @blp.arguments(MessageArgs, location="query")
    @blp.response(200, MessagePageSchema)
    def get(self, look: dict[str, Any], args: dict[str, Any], borrower_id: UUID) -> Page:
        """All that was to be told to her, newest first, and why it was or was not. It is logged."""
        with transaction() as session:
            borrowers.look(
                session,
                who=caller(),
                borrower_ids=[borrower_id],
                purpose=look["purpose"],
                what="messages",
                now=clock.now(),
            )
            zone = borrower_reads.find_timezone(session, borrower_id=borrower_id)
            asked = Asked(
                purpose=args["purpose"],
                subject=args["subject"],
                **as_instants(args, zone=zone or programme_zone()),
            )
            found, ways = queries.page_own(session, borrower_id=borrower_id, asked=asked, args=args)
            return Page(in_words(session, found.items, ways, locale=locale()), found.next_cursor)
