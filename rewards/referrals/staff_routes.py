"""Referrals that look odd wait here for a person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, rated
from backend.kit.db import transaction
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.rate_limit import LOOK_UP
from backend.staff import service as staff
from rewards.referrals import queries, service
from rewards.referrals.errors import ReferralMoveRefused, ReferralUnknown
from rewards.referrals.schemas import (
    ReferralDecidedSchema,
    ReferralDecisionSchema,
    ReferralReviewPageSchema,
)

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
    @rated(LOOK_UP)
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, ReferralReviewPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Referrals that look odd, with what does, the oldest first. Ids alone, no particulars.

        Each look is logged, for both friends.
        """
        # A GET that writes: what is seen and that it was seen are one act.
        with transaction() as session:
            found = queries.page_in_review(session, args=args)
            _look(
                session,
                [each for row in found.items for each in (row.borrower_id, row.referrer_id)],
            )
            return found


def _look(session: Session, borrower_ids: Sequence[UUID]) -> None:
    borrowers.look_by_act(
        session,
        who=caller(),
        borrower_ids=list(dict.fromkeys(borrower_ids)),
        what="referral",
        now=clock.now(),
        act=borrowers.AccessPurpose.FRAUD_REVIEW,
    )


@blp.route("/borrowers/<uuid:borrower_id>/referral/decide")
class Decision(MethodView):
    @idempotent
    @refuses(BorrowerNotFound, ReferralUnknown, ReferralMoveRefused)
    @blp.arguments(ReferralDecisionSchema)
    @blp.response(200, ReferralDecidedSchema)
    def post(self, args: dict[str, Any], borrower_id: UUID) -> Any:
        """Let a friend's referral count, or not, with a reason for the trail."""
        with transaction() as session:
            _look(session, [borrower_id])
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
