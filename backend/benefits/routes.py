"""What the core system takes out, and what a borrower takes up."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.benefits import queries, service, waiver_queries
from backend.benefits.errors import (
    AlreadyNegotiated,
    GrantExpired,
    GrantMoveRefused,
    GrantUnknown,
    NothingToWaive,
    ProofNeeded,
    WaiverRequestMoveRefused,
    WaiverRequestOpen,
    WaiverRequestUnknown,
)
from backend.benefits.schemas import (
    AcknowledgedSchema,
    GrantPageSchema,
    OwnGrantPageSchema,
    OwnGrantSchema,
    SinceArgs,
)
from backend.benefits.waiver_schemas import (
    WaiverRequestInSchema,
    WaiverRequestPageSchema,
    WaiverRequestSchema,
)
from backend.benefits.waiver_wording import in_words as waiver_in_words
from backend.benefits.wording import in_words
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import NotFound
from backend.kit.programme_zone import programme_day

core_blp = blueprint(
    "benefits",
    __name__,
    audience=Audience.CLIENT,
    url_prefix="/v1/ingest/benefit-grants",
    description="What is granted: taken up by borrowers, carried out by the core system.",
    permission="ingest.read",
)
blp = blueprint(
    "benefits",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me",
    description="What is granted: taken up by borrowers, carried out by the core system.",
)


@core_blp.route("")
class Grants(MethodView):
    @core_blp.arguments(SinceArgs, location="query")
    @core_blp.response(200, GrantPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Grants that are new or changed from an instant on, the oldest change first.

        Carry out what is `activated`; what is `offered` waits for the borrower.
        """
        with reading() as session:
            return queries.list_changed_since(session, since=args["since"], args=args)


@core_blp.route("/<uuid:grant_id>/ack")
class Acknowledgement(MethodView):
    @permits("ingest.write")
    @refuses(GrantUnknown)
    @core_blp.response(200, AcknowledgedSchema)
    def post(self, grant_id: UUID) -> dict[str, Any]:
        """Say that you have taken a grant over, which fulfils one that is activated.

        Saying so again changes nothing.
        """
        with transaction() as session:
            at = service.acknowledge(session, grant_id=grant_id, now=clock.now())
        return {"id": grant_id, "acknowledged_at": at}


@blp.route("/benefits")
class OwnGrants(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, OwnGrantPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """What was granted to you and what became of it, newest first."""
        with reading() as session:
            found = queries.page_own(session, borrower_id=caller().id, args=args)
        return Page([in_words(each, locale=locale()) for each in found.items], found.next_cursor)


@blp.route("/benefits/<uuid:grant_id>/activate")
class Activation(MethodView):
    @idempotent
    @refuses(GrantUnknown, GrantMoveRefused, GrantExpired, ProofNeeded)
    @blp.response(200, OwnGrantSchema)
    def post(self, grant_id: UUID) -> dict[str, Any]:
        """Take a benefit up."""
        now = clock.now()
        with transaction() as session:
            service.activate(
                session,
                borrower_id=caller().id,
                grant_id=grant_id,
                today=programme_day(now),
                now=now,
            )
            grant = queries.get_own(session, borrower_id=caller().id, grant_id=grant_id)
        return in_words(grant, locale=locale())


@blp.route("/benefits/<uuid:grant_id>/decline")
class Declining(MethodView):
    @idempotent
    @refuses(GrantUnknown, GrantMoveRefused)
    @blp.response(200, OwnGrantSchema)
    def post(self, grant_id: UUID) -> dict[str, Any]:
        """Say that you do not want a benefit. Nothing else changes for you."""
        with transaction() as session:
            service.decline(session, borrower_id=caller().id, grant_id=grant_id, now=clock.now())
            grant = queries.get_own(session, borrower_id=caller().id, grant_id=grant_id)
        return in_words(grant, locale=locale())


@blp.route("/waiver-requests")
class OwnWaiverRequests(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, WaiverRequestPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """What you asked to have waived, and what became of it, newest first."""
        with reading() as session:
            found = waiver_queries.page_own(session, borrower_id=caller().id, args=args)
        return Page(
            [waiver_in_words(row, locale=locale()) for row in found.items], found.next_cursor
        )

    @idempotent
    @refuses(NotFound, WaiverRequestOpen, AlreadyNegotiated, NothingToWaive)
    @blp.arguments(WaiverRequestInSchema)
    @blp.response(201, WaiverRequestSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Ask that 1 to 3 months of penalty interest are waived, once for a loan.

        Inside the limits it is waived at once; else a person answers within 3 working days.
        """
        with transaction() as session:
            request_id = service.request_waiver(
                session, borrower_id=caller().id, now=clock.now(), **args
            )
            row = waiver_queries.get_request(
                session, borrower_id=caller().id, request_id=request_id
            )
        return waiver_in_words(row, locale=locale())


@blp.route("/waiver-requests/<uuid:request_id>")
class OwnWaiverRequest(MethodView):
    @refuses(WaiverRequestUnknown)
    @blp.response(200, WaiverRequestSchema)
    def get(self, request_id: UUID) -> dict[str, Any]:
        """One request, with its answer."""
        with reading() as session:
            row = waiver_queries.get_request(
                session, borrower_id=caller().id, request_id=request_id
            )
        return waiver_in_words(row, locale=locale())


@blp.route("/waiver-requests/<uuid:request_id>/withdraw")
class WaiverRequestWithdrawal(MethodView):
    @idempotent
    @refuses(WaiverRequestUnknown, WaiverRequestMoveRefused)
    @blp.response(200, WaiverRequestSchema)
    def post(self, request_id: UUID) -> dict[str, Any]:
        """Take back what waits for a person."""
        with transaction() as session:
            service.withdraw_request(
                session, borrower_id=caller().id, request_id=request_id, now=clock.now()
            )
            row = waiver_queries.get_request(
                session, borrower_id=caller().id, request_id=request_id
            )
        return waiver_in_words(row, locale=locale())
