"""Referrals that look odd wait here for a person."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.staff import service as staff
from rewards.referrals import queries, service
from rewards.referrals.errors import ReferralMoveRefused, ReferralUnknown
from rewards.referrals.schemas import DecidedSchema, DecisionSchema, InReviewPageSchema

blp = blueprint(
    "referrals",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff",
    description="Recommend the programme to a friend, or accept a friend's invitation.",
    permission="referrals.review",
)


@blp.route("/referral-reviews")
class Reviews(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, InReviewPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Referrals that look odd, with what does, the oldest first. Ids alone, no particulars."""
        with reading() as session:
            return queries.page_in_review(session, args=args)


@blp.route("/borrowers/<uuid:borrower_id>/referral/decide")
class Decision(MethodView):
    @idempotent
    @refuses(ReferralUnknown, ReferralMoveRefused)
    @blp.arguments(DecisionSchema)
    @blp.response(200, DecidedSchema)
    def post(self, args: dict[str, Any], borrower_id: UUID) -> Any:
        """Let a friend's referral count, or not, with a reason for the trail."""
        with transaction() as session:
            service.decide(
                session,
                borrower_id=borrower_id,
                is_fine=args["outcome"] == "fine",
                reason=args["reason"],
                staff_id=caller().id,
                now=clock.now(),
            )
            staff.record_action(
                session,
                staff_id=caller().id,
                action=f"referral.{args['outcome']}",
                subject=f"borrower:{borrower_id}",
                reason=args["reason"],
            )
            return queries.get_referral(session, borrower_id=borrower_id)
