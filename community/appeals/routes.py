"""A borrower reads what was decided about her texts, and asks for a second look."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.http import locale, refuses
from community import wall
from community.appeals import queries, service, wording
from community.appeals.errors import AppealMade, AppealTooLate, NothingToAppeal
from community.appeals.schemas import AppealInSchema, AppealSchema, StandingSchema
from community.members import queries as members
from community.moderation import queries as decisions
from community.moderation.errors import DecisionUnknown
from community.sanctions import queries as sanctions

blp = blueprint(
    "appeals",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/community",
    description="What was decided about your texts and why, and a second look by somebody else.",
)


@blp.route("/statements")
class Statements(MethodView):
    @blp.response(200, StandingSchema)
    def get(self) -> dict[str, Any]:
        """What lasts, and every statement of reasons, newest first."""
        with wall.reading() as session:
            member_id = members.find_id(session, borrower_id=caller().id)
            if member_id is None:
                return {"sanctions": [], "statements": []}
            return wording.standing(
                decided=decisions.list_about(session, author_id=member_id),
                appealed=queries.list_of(session, member_id=member_id),
                sanctions=sanctions.list_of(session, member_id=member_id),
                now=clock.now(),
                locale=locale(),
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
