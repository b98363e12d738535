"""A borrower reads when and how she was contacted."""

from typing import Any

from flask.views import MethodView

from backend.contacts import queries
from backend.contacts.schemas import OwnContactPageSchema
from backend.contacts.wording import in_words
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading
from backend.kit.http import locale
from backend.kit.paging import Page, PageArgs

blp = blueprint(
    "contacts",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/contacts",
    description="Who was contacted when and how: written down by staff, read by the borrower.",
)


@blp.route("")
class OwnContacts(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, OwnContactPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Every contact that people made with you or you with them, newest first."""
        with reading() as session:
            found = queries.page_entries(
                session, borrower_id=caller().id, args=args, with_notes=False
            )
        return Page([in_words(each, locale=locale()) for each in found.items], found.next_cursor)
