"""A borrower reads when and how she was contacted."""

from typing import Any

from flask import Response
from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.contacts import queries, service
from backend.contacts.check_schemas import ContactWindowsSchema
from backend.contacts.schemas import ContactPageArgs, OwnContactPageSchema
from backend.contacts.wording import as_csv, in_words
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, rated
from backend.kit.db import reading, transaction
from backend.kit.http import locale
from backend.kit.paging import Page
from backend.kit.rate_limit import LOOK_UP

CSV = "text/csv"

blp = blueprint(
    "contacts",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me",
    description="Who was contacted when and how, and when she may be.",
)


@blp.route("/contacts")
class OwnContacts(MethodView):
    @blp.arguments(ContactPageArgs, location="query")
    @blp.response(200, OwnContactPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Every contact with you, by people and machines, and what it was held to; newest first."""
        with reading() as session:
            found = queries.page_entries(
                session, borrower_id=caller().id, args=args, with_notes=False
            )
        return Page([in_words(each, locale=locale()) for each in found.items], found.next_cursor)


@blp.route("/contacts.csv")
class OwnContactTable(MethodView):
    @rated(LOOK_UP)
    @blp.response(200, {"type": "string"}, content_type=CSV)
    def get(self) -> Response:
        """The same as a table to take along."""
        with reading() as session:
            found = queries.list_entries(session, borrower_id=caller().id)
        answer = Response(as_csv(found, locale=locale()), mimetype=CSV)
        answer.headers["Content-Disposition"] = 'attachment; filename="contacts.csv"'
        return answer


@blp.route("/contact-windows")
class OwnContactWindows(MethodView):
    @blp.response(200, ContactWindowsSchema)
    def get(self) -> dict[str, Any]:
        """Times of day that you agreed to, and those that do not suit you."""
        with reading() as session:
            return _windows(session)

    @blp.arguments(ContactWindowsSchema)
    @blp.response(200, ContactWindowsSchema)
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Say at which times of day we may reach you, and at which not. It acts at once."""
        with transaction() as session:
            service.set_windows(session, borrower_id=caller().id, now=clock.now(), **body)
            return _windows(session)


def _windows(session: Session) -> dict[str, Any]:
    times = queries.get_times(session, borrower_id=caller().id)
    return {name: times[name] for name in ("agreed", "inconvenient")}
