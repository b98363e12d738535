"""Staff see and set where a borrower stands in the programme."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.borrowers import queries as borrower_queries
from backend.borrowers import service as borrowers
from backend.borrowers.rules import AccessPurpose
from backend.borrowers.schemas import PurposeArgs
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import transaction
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.problems import NotFound
from backend.programme import queries, service
from backend.programme.errors import EnrolmentMoveRefused
from backend.programme.rules import Status
from backend.programme.schemas import EnrolmentMoveSchema, EnrolmentSchema

blp = blueprint(
    "programme",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff/borrowers",
    description="Who takes part in the programme, and who is the control group.",
    permission="programme.read",
)


@blp.route("/<uuid:borrower_id>/enrolment")
class Enrolment(MethodView):
    @refuses(NotFound)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, EnrolmentSchema)
    def get(self, purpose: dict[str, Any], borrower_id: UUID) -> queries.EnrolmentView:
        """Where she stands, and each step that led there. The look is logged."""
        with transaction() as session:
            borrower_queries.get_profile(session, borrower_id=borrower_id)
            borrowers.log_access(
                session,
                borrower_ids=[borrower_id],
                staff_id=caller().id,
                purpose=AccessPurpose(purpose["purpose"]),
                what="programme",
                now=clock.now(),
            )
            return queries.get_enrolment_view(session, borrower_id=borrower_id)

    @idempotent
    @permits("programme.write")
    @refuses(NotFound, EnrolmentMoveRefused)
    @blp.arguments(EnrolmentMoveSchema)
    @blp.response(201, EnrolmentSchema)
    def post(self, args: dict[str, Any], borrower_id: UUID) -> queries.EnrolmentView:
        """Enrol, pause or terminate, with a reason. A termination is final."""
        with transaction() as session:
            service.set_status(
                session,
                borrower_id=borrower_id,
                status=Status(args["status"]),
                reason=args["reason"],
                staff_id=caller().id,
                now=clock.now(),
            )
            return queries.get_enrolment_view(session, borrower_id=borrower_id)
