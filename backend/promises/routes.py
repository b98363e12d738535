"""A borrower promises to pay, reads what she promised, and takes it back."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import NotFound
from backend.loans import queries as loans
from backend.promises import queries, service
from backend.promises.errors import (
    PromiseDayOutside,
    PromiseMoveRefused,
    PromiseOpen,
    PromiseRefused,
    PromiseUnknown,
)
from backend.promises.schemas import PromiseInSchema, PromisePageSchema, PromiseSchema
from backend.promises.wording import in_words

blp = blueprint(
    "promises",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me",
    description="An amount by a day, said by the borrower. It stops reminders and is no plan.",
)


@blp.route("/promises")
class OwnPromises(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, PromisePageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Everything you promised and what became of it, newest first."""
        with reading() as session:
            found = queries.page_own(session, borrower_id=caller().id, loan_id=None, args=args)
        return Page([in_words(row, locale=locale()) for row in found.items], found.next_cursor)


@blp.route("/loans/<uuid:loan_id>/promises")
class LoanPromises(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, PromisePageSchema)
    @refuses(NotFound)
    def get(self, args: dict[str, Any], loan_id: UUID) -> Page:
        """What you promised on one loan, newest first."""
        with reading() as session:
            loans.check_is_own(session, borrower_id=caller().id, loan_id=loan_id)
            found = queries.page_own(session, borrower_id=caller().id, loan_id=loan_id, args=args)
        return Page([in_words(row, locale=locale()) for row in found.items], found.next_cursor)

    @idempotent
    @refuses(NotFound, PromiseOpen, PromiseDayOutside, PromiseRefused)
    @blp.arguments(PromiseInSchema)
    @blp.response(201, PromiseSchema)
    def post(self, args: dict[str, Any], loan_id: UUID) -> dict[str, Any]:
        """Promise an amount by a day. Until then no reminder is sent; nothing else changes."""
        with transaction() as session:
            promise_id = service.make_promise(
                session, borrower_id=caller().id, loan_id=loan_id, now=clock.now(), **args
            )
            row = queries.get_own(session, borrower_id=caller().id, promise_id=promise_id)
        return in_words(row, locale=locale())


@blp.route("/promises/<uuid:promise_id>")
class OwnPromise(MethodView):
    @refuses(PromiseUnknown)
    @blp.response(200, PromiseSchema)
    def get(self, promise_id: UUID) -> dict[str, Any]:
        """One promise, and what came in on it."""
        with reading() as session:
            row = queries.get_own(session, borrower_id=caller().id, promise_id=promise_id)
        return in_words(row, locale=locale())


@blp.route("/promises/<uuid:promise_id>/withdraw")
class Withdrawal(MethodView):
    @idempotent
    @refuses(PromiseUnknown, PromiseMoveRefused)
    @blp.response(200, PromiseSchema)
    def post(self, promise_id: UUID) -> dict[str, Any]:
        """Take an open promise back. It does not count against you."""
        with transaction() as session:
            service.withdraw(
                session, borrower_id=caller().id, promise_id=promise_id, now=clock.now()
            )
            row = queries.get_own(session, borrower_id=caller().id, promise_id=promise_id)
        return in_words(row, locale=locale())
