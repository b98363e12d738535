"""A borrower reads her own tier, its history, and asks a person to look at it."""

from typing import Any

from flask import Response
from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import NotFound
from backend.kit.programme_zone import programme_day
from backend.tiers import own_tier, queries, service
from backend.tiers.errors import NoTierYet, ReviewOpen
from backend.tiers.schemas import (
    OwnMovePageSchema,
    OwnReviewPageSchema,
    OwnReviewSchema,
    OwnTierSchema,
    ReviewInSchema,
)

blp = blueprint(
    "tiers",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/tier",
    description="Where a borrower stands, why, and what would change it.",
)


@blp.route("")
class OwnTier(MethodView):
    @refuses(NotFound)
    @blp.response(200, OwnTierSchema)
    def get(self) -> Response:
        """Her tier with its reasons, and the smallest changes that would better it."""
        now = clock.now()
        with reading() as session:
            body = own_tier.get_answer(
                session,
                borrower_id=caller().id,
                locale=locale(),
                today=programme_day(now),
                now=now,
            )
        return Response(body, mimetype="application/json")


@blp.route("/history")
class OwnTierHistory(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, OwnMovePageSchema)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """Her moves from tier to tier, newest first, each with its reasons."""
        with reading() as session:
            return own_tier.get_history(
                session, borrower_id=caller().id, locale=locale(), args=args
            )


@blp.route("/reviews")
class OwnTierReviews(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, OwnReviewPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """What she asked, newest first, each with the answer once a person has decided."""
        with reading() as session:
            return queries.page_own_reviews(session, borrower_id=caller().id, args=args)

    @idempotent
    @refuses(NoTierYet, ReviewOpen)
    @blp.arguments(ReviewInSchema)
    @blp.response(201, OwnReviewSchema)
    def post(self, args: dict[str, Any]) -> Any:
        """Ask that a person looks at her tier; she may refuse a decision by automation alone."""
        with transaction() as session:
            review_id = service.ask_review(
                session, borrower_id=caller().id, now=clock.now(), **args
            )
            return queries.get_review(session, borrower_id=caller().id, review_id=review_id)
