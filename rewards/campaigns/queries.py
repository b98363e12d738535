"""Reads of campaigns and their versions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from backend.kit.paging import Page, page
from rewards.campaigns.engine_models import CampaignBucket
from rewards.campaigns.errors import CampaignNotFound
from rewards.campaigns.models import Campaign, CampaignVersion
from rewards.campaigns.outcomes import Bucket
from rewards.campaigns.rules import RUNNING, VersionState

VERSIONS_MAX = 200
NUMBER_END = 2**31

_NEWEST = aliased(CampaignVersion, name="newest")
_LIVE = aliased(CampaignVersion, name="live")


def _select() -> Select[Any]:
    """Campaigns, each with its newest version, its live document and what was spent of it."""
    document = func.coalesce(_LIVE.document, _NEWEST.document)
    return (
        select(
            *Campaign.__table__.c,
            document["texts"]["name"].label("name"),
            document["schedule"].label("schedule"),
            document["budget"].label("budget"),
            _NEWEST.state.label("newest_state"),
            func.coalesce(CampaignBucket.points_spent, 0).label("points_spent"),
            func.coalesce(CampaignBucket.awards_spent, 0).label("awards_spent"),
        )
        .join(
            _NEWEST,
            and_(_NEWEST.campaign_id == Campaign.id, _NEWEST.number == Campaign.newest_version),
        )
        .outerjoin(
            _LIVE, and_(_LIVE.campaign_id == Campaign.id, _LIVE.number == Campaign.live_version)
        )
        .outerjoin(
            CampaignBucket,
            and_(CampaignBucket.campaign_id == Campaign.id, CampaignBucket.bucket == Bucket.TOTAL),
        )
    )


def page_campaigns(session: Session, *, args: Mapping[str, Any]) -> Page:
    """Campaigns, the newest first, or those in one state."""
    wanted = _select()
    if args.get("state"):
        wanted = wanted.where(Campaign.state == args["state"])
    return page(session, wanted, keys=[Campaign.id], args=args, descending=True)


def get_campaign(session: Session, *, campaign_id: UUID) -> Row[Any]:
    """One campaign. Refuses: CampaignNotFound."""
    found = session.execute(_select().where(Campaign.id == campaign_id)).first()
    if found is None:
        raise CampaignNotFound
    return found


def get_version(session: Session, *, campaign_id: UUID, number: int) -> Row[Any]:
    """One version. Refuses: CampaignNotFound."""
    found = find_version(session, campaign_id=campaign_id, number=number)
    if found is None:
        raise CampaignNotFound
    return found


def find_version(session: Session, *, campaign_id: UUID, number: int) -> Row[Any] | None:
    """One version, or None."""
    if number >= NUMBER_END:
        return None
    return session.execute(
        select(CampaignVersion.__table__).where(
            CampaignVersion.campaign_id == campaign_id, CampaignVersion.number == number
        )
    ).first()


def list_versions(session: Session, *, campaign_id: UUID) -> list[Row[Any]]:
    """All versions, the newest first; at most 200."""
    return list(
        session.execute(
            select(CampaignVersion.__table__)
            .where(CampaignVersion.campaign_id == campaign_id)
            .order_by(CampaignVersion.number.desc())
            .limit(VERSIONS_MAX)
        )
    )


def list_running(session: Session) -> list[Row[Any]]:
    """The live versions of campaigns that are live or paused, by campaign."""
    return list(
        session.execute(
            select(*CampaignVersion.__table__.c, Campaign.state.label("campaign_state"))
            .join(Campaign, Campaign.id == CampaignVersion.campaign_id)
            .where(
                CampaignVersion.number == Campaign.live_version,
                CampaignVersion.state == VersionState.LIVE,
                Campaign.state.in_(sorted(RUNNING)),
            )
            .order_by(Campaign.id)
        )
    )
