"""Tier reviews that wait for a person, for the work list."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Date, Select, cast, func, literal, select

from backend.kit.ports import Urgency, WorkKind
from backend.kit.programme_zone import programme_zone
from backend.kit.texts import Text
from backend.tiers.models import TierReview
from backend.tiers.rules import REVIEW_DAYS

KINDS = {
    "tier_review": WorkKind(
        Urgency.ANSWER,
        Text("She asked for a review of her tier.", "客户申请了等级复核。"),
        Text("Look at the reasons and answer her.", "核对理由并答复客户。"),
        "POST /v1/staff/borrowers/{borrower_id}/tier-reviews/{case_id}/decide",
    )
}


class OpenReviews:
    """She asked that a person looks at her tier."""

    code = "tiers"

    @property
    def kinds(self) -> Mapping[str, WorkKind]:
        """As the port says."""
        return KINDS

    def cases(self) -> Select[*tuple[Any, ...]]:
        """One case a review, to be answered within three days."""
        asked_on = cast(func.timezone(programme_zone(), TierReview.asked_at), Date)
        return select(
            TierReview.borrower_id,
            TierReview.id.label("case_id"),
            literal("tier_review").label("kind"),
            (asked_on + REVIEW_DAYS).label("due_on"),
            TierReview.asked_at.label("since"),
        ).where(TierReview.state == "open")


SOURCE = OpenReviews()
