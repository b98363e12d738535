"""The campaign's row, locked before anything is decided, and its moves from state to state."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from rewards.campaigns import queries
from rewards.campaigns.errors import CampaignMoveRefused, CampaignNotFound, CampaignStale
from rewards.campaigns.models import Campaign, CampaignVersion
from rewards.campaigns.rules import State, VersionState, may_move, may_move_version


def lock(session: Session, *, campaign_id: UUID) -> Row[Any]:
    """The campaign, until the transaction ends. Refuses: CampaignNotFound."""
    found = session.execute(
        select(Campaign.__table__)
        .where(Campaign.id == campaign_id)
        # Its key never changes: rows that hang on the campaign are written meanwhile.
        .with_for_update(key_share=True)
    ).first()
    if found is None:
        raise CampaignNotFound
    return found


def newest_of(session: Session, campaign: Row[Any]) -> Row[Any]:
    """Its newest version, as it is under the lock."""
    return queries.get_version(session, campaign_id=campaign.id, number=campaign.newest_version)


def must_be(version: Row[Any], *, number: int, document_hash: str) -> None:
    """The version that somebody has read is the one at hand. Refuses: CampaignStale."""
    if (version.number, version.document_hash) != (number, document_hash):
        raise CampaignStale


def move(
    session: Session, campaign: Row[Any], *, to: State | None = None, now: datetime, **values: Any
) -> None:
    """The campaign in another state, or changed otherwise. Refuses: CampaignMoveRefused."""
    if to is not None and to != campaign.state:
        if not may_move(State(campaign.state), to):
            raise CampaignMoveRefused
        values["state"] = to
    session.execute(
        update(Campaign)
        .where(Campaign.id == campaign.id)
        .values(revision=Campaign.revision + 1, changed_at=now, **values)
    )


def move_version(session: Session, version: Row[Any], *, to: VersionState, **values: Any) -> None:
    """The version in another state. Refuses: CampaignMoveRefused."""
    if not may_move_version(VersionState(version.state), to):
        raise CampaignMoveRefused
    session.execute(
        update(CampaignVersion)
        .where(
            CampaignVersion.campaign_id == version.campaign_id,
            CampaignVersion.number == version.number,
        )
        .values(state=to, **values)
    )
