"""A borrower asks, before she posts, what would become of it."""

from typing import Any

from flask.views import MethodView

from backend.kit import help_lines
from backend.kit.audience import Audience, blueprint
from backend.kit.http import locale
from community.detectors import service
from community.detectors.schemas import PostCheckInSchema, PostCheckSchema
from community.detectors.wording import in_words

blp = blueprint(
    "detectors",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/community",
    description="What a text gives away, sells or cries for, said before it is posted.",
)


@blp.route("/posts/check")
class PostCheck(MethodView):
    @blp.arguments(PostCheckInSchema)
    @blp.response(200, PostCheckSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Look through a post before it is posted. Nothing is stored, whatever it says."""
        examination = service.examine(args["title"], args["body"])
        return in_words(examination, help_lines.lines(), locale=locale())
