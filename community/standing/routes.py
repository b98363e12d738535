"""A borrower's own page of the community."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.http import locale, refuses
from backend.kit.problems import NotFound
from community import wall
from community.appeals import queries as appeals
from community.appeals import wording
from community.members import queries as members
from community.members import service as members_service
from community.moderation import queries as decisions
from community.sanctions import queries as sanctions
from community.standing.schemas import StandingSchema

blp = blueprint(
    "standing",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/community",
    description="Who you are among your peers, and what was decided about your texts and why.",
)


@blp.route("")
class Standing(MethodView):
    @refuses(NotFound)
    @blp.response(200, StandingSchema)
    def get(self) -> dict[str, Any]:
        """Your name here, whom you blocked, what lasts, and every statement of reasons.

        The name is drawn by chance when you first look.
        """
        now, borrower_id = clock.now(), caller().id
        with wall.transaction() as session:
            member_id = members_service.join(session, borrower_id=borrower_id, now=now)
            return {
                **members.own(session, borrower_id=borrower_id, locale=locale(), now=now),
                **wording.standing(
                    decided=decisions.list_about(session, author_id=member_id),
                    appealed=appeals.list_of(session, member_id=member_id),
                    sanctions=sanctions.list_of(session, member_id=member_id),
                    now=now,
                    locale=locale(),
                ),
            }
