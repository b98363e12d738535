"""The campaigns of a borrower as staff see them: what was decided, by which facts, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.fields import instant_text
from backend.kit.texts import Locale
from rewards.campaigns import decisions
from rewards.campaigns.outcomes import Reason
from rewards.campaigns.running import get_terms
from rewards.campaigns.why import WHY


def show_campaigns(
    session: Session,
    *,
    borrower_id: UUID,
    locale: Locale,
    now: datetime,  # noqa: ARG001 - a panel's shape
) -> Mapping[str, Any]:
    """What she takes part in, and her newest decisions."""
    parts = decisions.list_parts(session, borrower_id=borrower_id)
    found = decisions.list_newest(session, borrower_id=borrower_id)
    keys = {(row.campaign_id, row.version) for row in (*parts, *found)}
    names = {
        campaign_id: terms.name.in_(locale)
        for (campaign_id, _), terms in get_terms(session, keys=keys).items()
    }
    return {
        "items": [
            {
                "campaign_id": str(part.campaign_id),
                "name": names[part.campaign_id],
                "arm": part.arm,
                "joined_on": part.joined_on.isoformat(),
                "awards": part.awards,
                "points": part.points,
            }
            for part in parts
        ],
        "decisions": [
            {
                "campaign_id": str(row.campaign_id),
                "name": names[row.campaign_id],
                "version": row.version,
                "trigger": row.trigger,
                "occurred_at": instant_text(row.occurred_at),
                "outcome": row.outcome,
                "reasons": row.reasons,
                "why": [WHY[Reason(each)].in_(locale) for each in row.reasons],
                "effects": row.effects,
                "facts": row.snapshot,
                "points": row.points,
            }
            for row in found
        ],
    }


PANELS = {"campaigns": show_campaigns}
