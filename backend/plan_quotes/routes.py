"""A borrower's quotes. Asking for one moves nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, rated
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.lazy import LazyModule
from backend.kit.problems import NotFound
from backend.kit.rate_limit import QUOTES
from backend.plan_quotes import queries, service
from backend.plan_quotes.effects import find_policy
from backend.plan_quotes.errors import TooManyQuotes
from backend.plan_quotes.queries import Quote
from backend.plan_quotes.schemas import OwnQuoteSchema, PlanOptionsSchema, QuoteInSchema
from backend.plan_quotes.views import option_view, quote_view

if TYPE_CHECKING:
    from backend.plan_quotes import exports
else:
    exports = LazyModule("backend.plan_quotes.exports")  # draws, with many fonts at hand

PDF, CSV = "application/pdf", "text/csv"

blp = blueprint(
    "plan_quotes",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me",
    description="Ways to pay back differently, priced to the cent before you ask.",
)


@blp.route("/loans/<uuid:loan_id>/plan-quotes")
class PlanQuotes(MethodView):
    @rated(QUOTES)
    @blp.arguments(QuoteInSchema)
    @blp.response(200, PlanOptionsSchema)
    @refuses(NotFound, TooManyQuotes)
    def post(self, body: dict[str, Any], loan_id: UUID) -> dict[str, Any]:
        """Price options: each with its schedule, cost and effects, or why it is not possible.

        Nothing on the loan changes. A quote is good for 14 days; the same question within a
        day has the same quotes while nothing else changed.
        """
        with transaction() as session:
            offer = service.quote_options(
                session,
                borrower_id=caller().id,
                loan_id=loan_id,
                wishes=body["wishes"],
                kinds=body["kinds"],
                now=clock.now(),
            )
            policy = find_policy(session)
        return {
            "loan_id": loan_id,
            "currency": offer.currency,
            "options": [
                option_view(option, currency=offer.currency, policy=policy, locale=locale())
                for option in offer.options
            ],
            "expires_at": offer.expires_at,
        }


@blp.route("/plan-quotes/<uuid:quote_id>")
class PlanQuoteView(MethodView):
    @blp.response(200, OwnQuoteSchema)
    @refuses(NotFound)
    def get(self, quote_id: UUID) -> dict[str, Any]:
        """One of your quotes."""
        now = clock.now()
        with _own(quote_id) as (session, quote):
            basis = queries.find_basis(
                session, borrower_id=quote.borrower_id, loan_id=quote.loan_id, now=now
            )
            is_current = (
                basis == quote.basis
                and now < quote.expires_at
                and not queries.is_outlived(session, quote=quote, now=now)
            )
            policy = find_policy(session)
        return quote_view(quote, policy=policy, locale=locale()) | {
            "loan_id": quote.loan_id,
            "currency": quote.currency,
            "rows_hash": quote.rows_hash,
            "is_current": is_current,
            "quoted_at": quote.quoted_at,
            "expires_at": quote.expires_at,
        }


@blp.route("/plan-quotes/<uuid:quote_id>/schedule.csv")
class PlanQuoteTable(MethodView):
    @blp.response(200, {"type": "string"}, content_type=CSV)
    @refuses(NotFound)
    def get(self, quote_id: UUID) -> Response:
        """A quote's schedule as a table; of a waiver, what is taken off."""
        with _own(quote_id) as (_, quote):
            return _file(exports.to_csv(quote), CSV, f"{quote.id}.csv")


@blp.route("/plan-quotes/<uuid:quote_id>/schedule.pdf")
class PlanQuotePages(MethodView):
    @blp.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
    @rated(QUOTES)
    @refuses(NotFound)
    def get(self, quote_id: UUID) -> Response:
        """A quote's schedule to print, in your language."""
        with _own(quote_id) as (_, quote):
            pass
        return _file(exports.to_pdf(quote, locale=locale()), PDF, f"{quote.id}.pdf")


@contextmanager
def _own(quote_id: UUID) -> Iterator[tuple[Any, Quote]]:
    with reading() as session:
        quote = queries.get_quote(session, borrower_id=caller().id, quote_id=quote_id)
        yield session, quote


def _file(content: str | bytes, mimetype: str, name: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
