"""A borrower's own badges, and their pictures for everybody."""

from typing import Any

from flask import Response, request
from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading
from backend.kit.http import locale, refuses
from backend.kit.paging import PageArgs
from backend.kit.problems import NotFound
from backend.kit.texts import Text
from rewards.badges import queries, view
from rewards.badges.pictures import draw
from rewards.badges.schemas import OwnBadgesSchema

PICTURE_TYPE = "image/svg+xml"
# Opened by itself it may load and run nothing, and is of no origin.
PICTURE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
PICTURE_SECONDS = 86_400

blp = blueprint(
    "badges",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/badges",
    description="Badges for a word that was kept, and what they look like.",
)
pictures = blueprint(
    "badges",
    __name__,
    audience=Audience.PUBLIC,
    url_prefix="/v1/badges",
    description="Badges for a word that was kept, and what they look like.",
)


@blp.route("")
class OwnBadges(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, OwnBadgesSchema)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """Your badges, the newest first, and what you can earn next."""
        language = locale()
        with reading() as session:
            return view.show_own(
                session, borrower_id=caller().id, args=args, now=clock.now(), locale=language
            )


@pictures.route("/<string:code>/picture.svg")
class Picture(MethodView):
    @refuses(NotFound)
    @pictures.response(
        200, {"type": "string", "format": "binary"}, content_type=PICTURE_TYPE,
        description="The drawing, with name and description in the reader's language.",
    )  # fmt: skip
    def get(self, code: str) -> Any:
        """The picture of a badge."""
        with reading() as session:
            shown = queries.find_shown(session, code=code)
        if shown is None:
            raise NotFound
        language = locale()
        words = [Text.from_json(shown.document[each]) for each in ("name", "description")]
        title, description = (each.in_(language) for each in words)
        drawing = draw(shown.document["picture"], title=title, description=description)
        response = Response(drawing, content_type=PICTURE_TYPE)
        response.headers["Content-Security-Policy"] = PICTURE_POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Cache-Control"] = f"public, max-age={PICTURE_SECONDS}"
        response.add_etag()
        return response.make_conditional(request)
