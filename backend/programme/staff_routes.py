"""Staff see and set where a borrower stands in the programme."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound, PurposeMissing
from backend.borrowers.rules import AccessPurpose
from backend.borrowers.schemas import PurposeArgs
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits, rated
from backend.kit.db import transaction
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.programme_zone import programme_day
from backend.kit.rate_limit import LOOK_UP
from backend.programme import queries, service
from backend.programme.errors import EnrolmentMoveRefused
from backend.programme.rules import Status
from backend.programme.schemas import DrawInSchema, DrawSchema, EnrolmentMoveSchema, EnrolmentSchema

blp = blueprint(
    "programme",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1",
    description="Who takes part in the programme, and who is the control group.",
    permission="programme.read",
)


def _look(
    session: Session, borrower_id: UUID, *, purpose: str | None, act: AccessPurpose | None = None
) -> None:
    borrowers.look(
        session,
        who=caller(),
        borrower_ids=[borrower_id],
        purpose=purpose,
        what="programme",
        now=clock.now(),
        act=act,
    )


@blp.route("/staff/borrowers/<uuid:borrower_id>/enrolment")
class Enrolment(MethodView):
    @rated(LOOK_UP)
    @refuses(BorrowerNotFound, PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, EnrolmentSchema)
    def get(self, purpose: dict[str, Any], borrower_id: UUID) -> queries.EnrolmentView:
        """Where she stands, and each step that led there. The look is logged."""
        with transaction() as session:
            _look(session, borrower_id, purpose=purpose["purpose"])
            return queries.get_enrolment_view(session, borrower_id=borrower_id)

    @idempotent
    @permits("programme.write")
    @refuses(BorrowerNotFound, EnrolmentMoveRefused)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(EnrolmentMoveSchema)
    @blp.response(201, EnrolmentSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID
    ) -> queries.EnrolmentView:
        """Enrol, pause or terminate, with a reason. A termination is final.

        The answer shows her history, so it is a look as well.
        """
        with transaction() as session:
            _look(session, borrower_id, purpose=purpose["purpose"], act=AccessPurpose.RISK_REVIEW)
            service.set_status(
                session,
                borrower_id=borrower_id,
                status=Status(args["status"]),
                reason=args["reason"],
                staff_id=caller().id,
                now=clock.now(),
            )
            return queries.get_enrolment_view(session, borrower_id=borrower_id)


@blp.route("/programme/draws")
class Draws(MethodView):
    @idempotent
    @permits("programme.write")
    @blp.arguments(DrawInSchema)
    @blp.response(201, DrawSchema)
    def post(self, args: dict[str, Any]) -> Any:
        """Draw for the pilot among who is or was overdue, or roll out to who is left.

        Whoever has an assignment keeps it. `considered` is `enrolled` and `control` together.
        """
        now = clock.now()
        with transaction() as session:
            draw_id = service.run_draw(
                session, staff_id=caller().id, now=now, today=programme_day(now), **args
            )
            return queries.get_draw(session, draw_id=draw_id)
