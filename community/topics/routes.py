"""Topics, and who follows what."""

from typing import Any

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.http import locale, refuses
from backend.kit.problems import NotFound
from community import wall
from community.topics import queries, service
from community.topics.errors import TopicUnknown
from community.topics.rules import TOPICS, Topic
from community.topics.schemas import TopicListSchema

blp = blueprint(
    "topics",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/community/topics",
    description="What people here talk about.",
)


@blp.route("")
class Topics(MethodView):
    @blp.response(200, TopicListSchema)
    def get(self) -> dict[str, Any]:
        """Every topic, and whether you follow it."""
        with wall.reading() as session:
            return {"items": queries.list_topics(session, borrower_id=caller().id, locale=locale())}


@blp.route("/<string:topic>/follow")
class Following(MethodView):
    @refuses(NotFound, TopicUnknown)
    @blp.response(204)
    def put(self, topic: str) -> None:
        """Follow a topic: its new posts are in `?feed=followed`."""
        code = _known(topic)
        with wall.transaction() as session:
            service.follow(session, borrower_id=caller().id, topic=code, now=clock.now())

    @refuses(TopicUnknown)
    @blp.response(204)
    def delete(self, topic: str) -> None:
        """Follow it no more."""
        code = _known(topic)
        with wall.transaction() as session:
            service.unfollow(session, borrower_id=caller().id, topic=code)


def _known(topic: str) -> Topic:
    if topic not in TOPICS:
        raise TopicUnknown
    return Topic(topic)
