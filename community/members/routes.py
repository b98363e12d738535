"""Who one is here, and whom one does not want to see."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.http import locale, refuses
from backend.kit.problems import NotFound
from community import wall
from community.members import queries, service
from community.members.errors import HandleTooYoung, MemberUnknown, OwnHandle, TooManyBlocks
from community.members.schemas import OwnMemberSchema

blp = blueprint(
    "members",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/community",
    description="Who you are among your peers: a name that leads nowhere.",
)


@blp.route("/handle")
class Handle(MethodView):
    @wall.idempotent
    @refuses(NotFound, HandleTooYoung)
    @blp.response(200, OwnMemberSchema)
    def post(self) -> dict[str, Any]:
        """Draw another name. The second is free at once; then one every 90 days."""
        with wall.transaction() as session:
            service.draw_another(session, borrower_id=caller().id, now=clock.now())
            return queries.own(session, borrower_id=caller().id, locale=locale(), now=clock.now())


@blp.route("/blocks/<string:handle>")
class Blocks(MethodView):
    @refuses(NotFound, MemberUnknown, OwnHandle, TooManyBlocks)
    @blp.response(204)
    def put(self, handle: str) -> None:
        """See nothing more of somebody. She is not told."""
        with wall.transaction() as session:
            service.block(session, borrower_id=caller().id, handle=handle, now=clock.now())

    @refuses(MemberUnknown)
    @blp.response(204)
    def delete(self, handle: str) -> None:
        """See her again."""
        with wall.transaction() as session:
            service.unblock(session, borrower_id=caller().id, handle=handle)
