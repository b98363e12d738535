"""Reactions to posts and comments."""

from uuid import UUID

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.http import refuses
from backend.kit.problems import NotFound
from community import wall
from community.reactions import service
from community.reactions.errors import ReactionUnknown
from community.reactions.rules import ReactionKind
from community.writings.errors import OwnWriting, WritingUnknown

blp = blueprint(
    "reactions",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/community",
    description="Helpful, thanks, a hug: kind words without words.",
)


@blp.route("/posts/<uuid:post_id>/reactions/<string:kind>")
class PostReaction(MethodView):
    @refuses(NotFound, ReactionUnknown, WritingUnknown, OwnWriting)
    @blp.response(204)
    def put(self, post_id: UUID, kind: str) -> None:
        """Give `helpful`, `thanks` or `hug`. Giving it again changes nothing."""
        _give(post_id, kind)

    @refuses(ReactionUnknown, WritingUnknown)
    @blp.response(204)
    def delete(self, post_id: UUID, kind: str) -> None:
        """Take it back."""
        _take_back(post_id, kind)


@blp.route("/comments/<uuid:comment_id>/reactions/<string:kind>")
class CommentReaction(MethodView):
    @refuses(NotFound, ReactionUnknown, WritingUnknown, OwnWriting)
    @blp.response(204)
    def put(self, comment_id: UUID, kind: str) -> None:
        """Give `helpful`, `thanks` or `hug` to a comment."""
        _give(comment_id, kind)

    @refuses(ReactionUnknown, WritingUnknown)
    @blp.response(204)
    def delete(self, comment_id: UUID, kind: str) -> None:
        """Take it back."""
        _take_back(comment_id, kind)


def _give(writing_id: UUID, kind: str) -> None:
    known = _known(kind)
    with wall.transaction() as session:
        service.give(
            session, borrower_id=caller().id, writing_id=writing_id, kind=known, now=clock.now()
        )


def _take_back(writing_id: UUID, kind: str) -> None:
    known = _known(kind)
    with wall.transaction() as session:
        service.take_back(session, borrower_id=caller().id, writing_id=writing_id, kind=known)


def _known(kind: str) -> ReactionKind:
    if kind not in tuple(ReactionKind):
        raise ReactionUnknown
    return ReactionKind(kind)
