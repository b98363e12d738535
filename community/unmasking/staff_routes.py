"""Whoever must help learns whom; another reads why."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.http import refuses
from backend.staff.errors import SecondPersonNeeded
from community import wall
from community.cases import service as cases
from community.cases.errors import CaseMoved, CaseUnknown
from community.unmasking import service
from community.unmasking.errors import AlreadySeen, NotInNeed, UnmaskingUnknown
from community.unmasking.schemas import (
    LookInSchema,
    UnmaskedSchema,
    UnmaskingSchema,
    UnmaskingsSchema,
    UnmaskInSchema,
)

blp = blueprint(
    "unmasking",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/moderation",
    description="Whose words these are, told for one reason alone: somebody may be in need.",
    permission="moderation.unmask",
)


@blp.route("/cases/<uuid:case_id>/unmask")
class Unmask(MethodView):
    @refuses(CaseUnknown, CaseMoved, NotInNeed)
    @blp.arguments(UnmaskInSchema)
    @blp.response(200, UnmaskedSchema)
    def post(self, args: dict[str, Any], case_id: UUID) -> dict[str, Any]:
        """Learn who wrote it. You say why; a second person reads that within a day."""
        with wall.transaction() as session:
            case = cases.get_held(
                session, case_id=case_id, token=args["claim_token"], who=caller().id
            )
            made, borrower_id = service.unmask(
                session, case=case, staff_id=caller().id, reason=args["reason"], now=clock.now()
            )
        return {"id": made, "borrower_id": borrower_id}


@blp.route("/unmaskings")
class Unmaskings(MethodView):
    @blp.response(200, UnmaskingsSchema)
    def get(self) -> dict[str, Any]:
        """Those that wait for a second look, the oldest first."""
        with wall.reading() as session:
            return {"items": service.list_open(session)}


@blp.route("/unmaskings/<uuid:unmasking_id>/look")
class Look(MethodView):
    @refuses(UnmaskingUnknown, AlreadySeen, SecondPersonNeeded)
    @blp.arguments(LookInSchema)
    @blp.response(200, UnmaskingSchema)
    def post(self, args: dict[str, Any], unmasking_id: UUID) -> Any:
        """Say whether another's unmasking was right."""
        with wall.transaction() as session:
            return service.look_at(
                session,
                unmasking_id=unmasking_id,
                staff_id=caller().id,
                was_right=args["was_right"],
                now=clock.now(),
            )
