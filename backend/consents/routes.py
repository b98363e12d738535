"""A borrower reads, gives and takes back her consents."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers.errors import BorrowerNotFound
from backend.consents import queries, rules, service
from backend.consents.errors import ConsentVersionOutdated
from backend.consents.rules import Purpose, Source
from backend.consents.schemas import ConsentHistorySchema, ConsentsInSchema, ConsentsSchema
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.paging import Page, PageArgs

blp = blueprint(
    "consents",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/consents",
    description="What you let us do beyond your loan itself: all of it is off until you say yes.",
)


def _shown(session: Session, *, borrower_id: UUID) -> dict[str, Any]:
    last = queries.list_last(session, borrower_id=borrower_id)
    language = locale()
    items = []
    for purpose in Purpose:
        current = rules.current(purpose)
        items.append(
            asdict(rules.state_of(purpose, last.get(purpose)))
            | {
                "purpose": purpose,
                "current_version": current.number,
                "title": current.title.in_(language),
                "what_is_done": current.what_is_done.in_(language),
                "without_it": current.without_it.in_(language),
            }
        )
    return {"consents": items}


@blp.route("")
class Consents(MethodView):
    @blp.response(200, ConsentsSchema)
    @refuses(BorrowerNotFound)
    def get(self) -> dict[str, Any]:
        """Each purpose: what is done, what happens without it, and what you said."""
        with reading() as session:
            return _shown(session, borrower_id=caller().id)

    @refuses(BorrowerNotFound, ConsentVersionOutdated)
    @blp.arguments(ConsentsInSchema)
    @blp.response(200, ConsentsSchema)
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Give consents, or take them back. What you do not name stays as it is.

        Giving names the current version, which is the one that you have read; a no always counts.
        """
        with transaction() as session:
            service.put_consents(
                session,
                borrower_id=caller().id,
                said=[each | {"purpose": Purpose(each["purpose"])} for each in body["consents"]],
                source=Source.APP,
                now=clock.now(),
            )
            return _shown(session, borrower_id=caller().id)


@blp.route("/history")
class ConsentHistory(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, ConsentHistorySchema)
    def get(self, args: dict[str, Any]) -> Page:
        """All that you ever said, newest first."""
        language = locale()
        with reading() as session:
            found = queries.page_history(session, borrower_id=caller().id, args=args)
        items = [row._asdict() | {"title": _title(row).in_(language)} for row in found.items]
        return Page(items, found.next_cursor)


def _title(row: Any) -> Any:
    return rules.version_of(Purpose(row.purpose), row.version).title
