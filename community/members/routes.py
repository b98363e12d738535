"""Who one is here, and whom one does not want to see."""

from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

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


def _own(session: Session) -> dict[str, Any]:
    row = queries.get_member(session, borrower_id=caller().id)
    blocked = queries.list_blocked(session, member_id=row.id)
    return {
        **queries.shown(row.handle, is_you=True, locale=locale()),
        "joined_at": row.joined_at,
        "new_handle_from": queries.free_at(row, now=clock.now()),
        "blocked": [queries.shown(each, is_you=False, locale=locale()) for each in blocked],
    }


@blp.route("")
class OwnMember(MethodView):
    @refuses(NotFound)
    @blp.response(200, OwnMemberSchema)
    def get(self) -> dict[str, Any]:
        """Your name here, drawn by chance when you first look, and whom you blocked."""
        with wall.transaction() as session:
            service.join(session, borrower_id=caller().id, now=clock.now())
            return _own(session)


@blp.route("/handle")
class Handle(MethodView):
    @wall.idempotent
    @refuses(NotFound, HandleTooYoung)
    @blp.response(200, OwnMemberSchema)
    def post(self) -> dict[str, Any]:
        """Draw another name. The second is free at once; then one every 90 days."""
        with wall.transaction() as session:
            service.draw_another(session, borrower_id=caller().id, now=clock.now())
            return _own(session)


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
