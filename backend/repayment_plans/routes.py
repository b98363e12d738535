"""A borrower asks for a quoted plan, follows it, accepts it, steps back, appeals."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.documents.errors import DocumentMoveRefused, DocumentUnknown
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import NotFound
from backend.repayment_plans import queries, service
from backend.repayment_plans.errors import (
    CoolingOffOver,
    OfferNeedsNoAnswer,
    PlanAlreadyOpen,
    PlanMoved,
    PlanRequestUnknown,
    QuoteExpired,
    QuoteNotGenuine,
    QuoteStale,
)
from backend.repayment_plans.rules import Reason
from backend.repayment_plans.schemas import (
    PlanAnswerSchema,
    PlanRequestInSchema,
    PlanRequestPageSchema,
    WholePlanRequestSchema,
)
from backend.repayment_plans.service.cases import her_day
from backend.repayment_plans.view import show_own
from backend.repayment_plans.wording import stand_in_words

blp = blueprint(
    "repayment_plans",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/plan-requests",
    description="Requests for quoted plans: asked, offered, accepted, booked as quoted, kept.",
)


def _show(session: Session, request_id: UUID) -> dict[str, Any]:
    borrower_id = caller().id
    return show_own(
        session,
        borrower_id=borrower_id,
        request_id=request_id,
        today=her_day(session, borrower_id=borrower_id, now=clock.now()),
        locale=locale(),
    )


@blp.route("")
class PlanRequests(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, PlanRequestPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """What you asked for and where it stands, newest first."""
        with reading() as session:
            found = queries.page_own(session, borrower_id=caller().id, args=args)
        words = [stand_in_words(row, locale=locale()) for row in found.items]
        return Page(words, found.next_cursor)

    @idempotent
    @refuses(NotFound, QuoteNotGenuine, QuoteExpired, QuoteStale, PlanAlreadyOpen)
    @refuses(DocumentUnknown, DocumentMoveRefused)
    @blp.arguments(PlanRequestInSchema)
    @blp.response(201, WholePlanRequestSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Ask for a quoted plan. From now on there are no reminders, and no penalty counts.

        Within the lender's limits the plan is offered at once; else a person answers within
        three working days.
        """
        asked = service.Asked(
            Reason(args["reason"]), message=args["message"], document_ids=args["document_ids"]
        )
        with transaction() as session:
            request_id = service.request_plan(
                session,
                borrower_id=caller().id,
                quote_id=args["quote_id"],
                asked=asked,
                now=clock.now(),
            )
            return _show(session, request_id)


@blp.route("/<uuid:request_id>")
class PlanRequest(MethodView):
    @refuses(PlanRequestUnknown)
    @blp.response(200, WholePlanRequestSchema)
    def get(self, request_id: UUID) -> dict[str, Any]:
        """One request: where it stands, what happens next, and how it came there."""
        with reading() as session:
            return _show(session, request_id)


@blp.route("/<uuid:request_id>/accept")
class PlanAcceptance(MethodView):
    @idempotent
    @refuses(PlanRequestUnknown, PlanMoved, QuoteNotGenuine, QuoteExpired, QuoteStale)
    @blp.response(200, WholePlanRequestSchema)
    def post(self, request_id: UUID) -> dict[str, Any]:
        """Agree to what you were offered. You can step back for seven days."""
        with transaction() as session:
            service.accept(session, borrower_id=caller().id, request_id=request_id, now=clock.now())
            return _show(session, request_id)


@blp.route("/<uuid:request_id>/withdraw")
class PlanWithdrawal(MethodView):
    @idempotent
    @refuses(PlanRequestUnknown, PlanMoved, CoolingOffOver, OfferNeedsNoAnswer)
    @blp.response(200, WholePlanRequestSchema)
    def post(self, request_id: UUID) -> dict[str, Any]:
        """Step back. What you had accepted is undone: the old schedule counts again, exactly."""
        with transaction() as session:
            service.withdraw(
                session, borrower_id=caller().id, request_id=request_id, now=clock.now()
            )
            return _show(session, request_id)


@blp.route("/<uuid:request_id>/answer")
class PlanAnswer(MethodView):
    @idempotent
    @refuses(PlanRequestUnknown, PlanMoved, DocumentUnknown, DocumentMoveRefused)
    @blp.arguments(PlanAnswerSchema)
    @blp.response(200, WholePlanRequestSchema)
    def post(self, args: dict[str, Any], request_id: UUID) -> dict[str, Any]:
        """Tell what a person asked you for."""
        with transaction() as session:
            service.answer(
                session,
                borrower_id=caller().id,
                request_id=request_id,
                message=args["message"],
                document_ids=args["document_ids"],
                now=clock.now(),
            )
            return _show(session, request_id)


@blp.route("/<uuid:request_id>/appeal")
class PlanAppeal(MethodView):
    @idempotent
    @refuses(PlanRequestUnknown, PlanMoved, PlanAlreadyOpen)
    @blp.response(200, WholePlanRequestSchema)
    def post(self, request_id: UUID) -> dict[str, Any]:
        """Let another person look at a request that was not agreed to."""
        with transaction() as session:
            service.appeal(session, borrower_id=caller().id, request_id=request_id, now=clock.now())
            return _show(session, request_id)
