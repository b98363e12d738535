"""What of campaigns waits for whoever comes in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session

from backend.kit.ports import HomePanel
from backend.kit.texts import Text
from rewards.campaigns.models import CampaignVersion
from rewards.campaigns.rules import VersionState


def count_to_review(session: Session, staff_id: UUID, now: datetime) -> int:  # noqa: ARG001 - the port's
    """Versions in review that she had no hand in."""
    hers = CampaignVersion.editors.contains([str(staff_id)])
    return session.execute(
        select(func.count()).where(CampaignVersion.state == VersionState.IN_REVIEW, not_(hers))
    ).scalar_one()


HOME_PANELS = (
    HomePanel(
        "campaigns.publish",
        Text("Campaigns to review", "待审核的活动"),
        "/console/campaigns?state=in_review",
        count_to_review,
    ),
)
