"""A borrower's own loans."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading
from backend.kit.http import refuses
from backend.kit.paging import Page, PageArgs, page_schema
from backend.kit.problems import NotFound
from backend.loans import queries
from backend.loans.schemas import (
    AsOfArgs,
    FeesSchema,
    LoanSchema,
    PaymentsSchema,
    ScheduleSchema,
    StatementsSchema,
)

blp = blueprint(
    "loans",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/loans",
    description="Your loans, to the cent, as of now or any day.",
)


@blp.route("")
class LoansView(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, page_schema(LoanSchema, name="LoanPage"))
    def get(self, args: dict[str, Any]) -> Page:
        """Your loans, newest first."""
        with reading() as session:
            return queries.list_own_loans(
                session, borrower_id=caller().id, now=clock.now(), args=args
            )


@blp.route("/<uuid:loan_id>")
class LoanView(MethodView):
    @blp.arguments(AsOfArgs, location="query")
    @blp.response(200, LoanSchema)
    @refuses(NotFound)
    def get(self, args: dict[str, Any], loan_id: UUID) -> Response:
        """One loan: what is paid, what is left, what is next."""
        with reading() as session:
            loan = queries.get_own_loan(
                session,
                borrower_id=caller().id,
                loan_id=loan_id,
                now=clock.now(),
                as_of=args["as_of"],
            )
        # What apps ask for most: it is what `LoanSchema` makes of it already (a test says so).
        return jsonify(loan)


@blp.route("/<uuid:loan_id>/schedule")
class ScheduleView(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, ScheduleSchema)
    @refuses(NotFound)
    def get(self, args: dict[str, Any], loan_id: UUID) -> dict[str, Any]:
        """The instalments, oldest first, each with what was paid and waived on it."""
        with reading() as session:
            return queries.list_own_schedule(
                session, borrower_id=caller().id, loan_id=loan_id, now=clock.now(), args=args
            )


@blp.route("/<uuid:loan_id>/statements")
class StatementsView(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, StatementsSchema)
    @refuses(NotFound)
    def get(self, args: dict[str, Any], loan_id: UUID) -> dict[str, Any]:
        """A card's monthly statements, newest first. `assumed` fields are no facts."""
        with reading() as session:
            return queries.list_own_statements(
                session, borrower_id=caller().id, loan_id=loan_id, args=args
            )


@blp.route("/<uuid:loan_id>/payments")
class PaymentsView(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, PaymentsSchema)
    @refuses(NotFound)
    def get(self, args: dict[str, Any], loan_id: UUID) -> dict[str, Any]:
        """What you paid, newest first, and what each payment paid off."""
        with reading() as session:
            return queries.list_own_payments(
                session, borrower_id=caller().id, loan_id=loan_id, args=args
            )


@blp.route("/<uuid:loan_id>/fees")
class FeesView(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, FeesSchema)
    @refuses(NotFound)
    def get(self, args: dict[str, Any], loan_id: UUID) -> dict[str, Any]:
        """Every fee, penalty and waiver, newest first."""
        with reading() as session:
            return queries.list_own_fees(
                session, borrower_id=caller().id, loan_id=loan_id, args=args
            )
