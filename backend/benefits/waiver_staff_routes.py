"""Staff answer requests to waive penalty interest."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.benefits import service, waiver_queries
from backend.benefits.errors import (
    AlreadyNegotiated,
    NothingToWaive,
    WaiverRequestMoveRefused,
    WaiverRequestUnknown,
)
from backend.benefits.waiver_rules import State
from backend.benefits.waiver_schemas import (
    StaffWaiverRequestPageSchema,
    StaffWaiverRequestSchema,
    WaiverDecisionSchema,
)
from backend.benefits.waiver_wording import in_words
from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound, PurposeMissing
from backend.borrowers.rules import AccessPurpose
from backend.borrowers.schemas import PurposeArgs
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits, rated
from backend.kit.db import AnyRow, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.rate_limit import LOOK_UP
from backend.staff import service as staff

blp = blueprint(
    "waivers",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff",
    description="Requests to waive penalty interest, answered by people.",
    permission="waivers.read",
)


def _request(row: AnyRow) -> dict[str, Any]:
    return {
        **in_words(row, locale=locale()),
        "borrower_id": row.borrower_id,
        "due_on": row.due_on,
        "decided_by": row.decided_by,
    }


@blp.route("/waiver-requests")
class WaiverQueue(MethodView):
    @rated(LOOK_UP)
    @refuses(PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, StaffWaiverRequestPageSchema)
    def get(self, purpose: dict[str, Any], args: dict[str, Any]) -> Page:
        """Requests that wait for a person, what is due first, first. The look is logged.

        An account manager sees those of the borrowers assigned to her.
        """
        with transaction() as session:
            found = waiver_queries.page_queue(session, who=caller(), args=args)
            borrowers.look(
                session,
                who=caller(),
                borrower_ids=list(dict.fromkeys(row.borrower_id for row in found.items)),
                purpose=purpose["purpose"],
                what="waiver request",
                now=clock.now(),
            )
        return Page([_request(row) for row in found.items], found.next_cursor)


@blp.route("/borrowers/<uuid:borrower_id>/waiver-requests/<uuid:request_id>/decide")
class WaiverDecision(MethodView):
    @idempotent
    @permits("waivers.decide")
    @refuses(
        BorrowerNotFound,
        WaiverRequestUnknown,
        WaiverRequestMoveRefused,
        AlreadyNegotiated,
        NothingToWaive,
    )
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(WaiverDecisionSchema)
    @blp.response(200, StaffWaiverRequestSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, request_id: UUID
    ) -> dict[str, Any]:
        """Waive what is open of so many months, or say why not."""
        now = clock.now()
        with transaction() as session:
            borrowers.look(
                session,
                who=caller(),
                borrower_ids=[borrower_id],
                purpose=purpose["purpose"],
                what="waiver request",
                now=now,
                act=AccessPurpose.RISK_REVIEW,
            )
            service.decide_request(
                session,
                borrower_id=borrower_id,
                request_id=request_id,
                staff_id=caller().id,
                now=now,
                **args | {"outcome": State(args["outcome"])},
            )
            staff.record_action(
                session,
                staff_id=caller().id,
                action="waiver-request.decide",
                subject=f"waiver-request:{request_id}",
                details={"outcome": args["outcome"]},
            )
            row = waiver_queries.get_request(
                session, borrower_id=borrower_id, request_id=request_id
            )
        return _request(row)
