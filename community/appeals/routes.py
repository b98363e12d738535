"""A borrower reads what was decided about her texts, and asks for a second look."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.http import refuses
from community import wall
from community.appeals import service
from community.appeals.errors import AppealMade, AppealTooLate, NothingToAppeal
from community.appeals.schemas import AppealInSchema, AppealSchema
from community.members import queries as members
from community.moderation.errors import DecisionUnknown

blp = blueprint(
    "appeals",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/community",
    description="What was decided about your texts and why, and a second look by somebody else.",
)


@blp.route("/appeals")
class Appeals(MethodView):
    @wall.idempotent
    @refuses(DecisionUnknown, NothingToAppeal, AppealTooLate, AppealMade)
    @blp.arguments(AppealInSchema)
    @blp.response(201, AppealSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Ask for a second look, within 180 days. Somebody else decides."""
        with wall.transaction() as session:
            row = service.appeal(
                session,
                member_id=members.find_id(session, borrower_id=caller().id),
                decision_id=args["decision_id"],
                words=args["text"],
                now=clock.now(),
            )
        return row._asdict()
