"""Running: launched, paused, resumed, ended. The budget of a campaign is one for all versions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from backend.kit.clock import day_in_zone
from rewards.campaigns import judging, queries
from rewards.campaigns.errors import CampaignMoveRefused, CampaignOver
from rewards.campaigns.rules import HEARD_WITHIN, RUNNING, State, VersionState
from rewards.campaigns.running import list_running
from rewards.campaigns.service.limits import set_limits
from rewards.campaigns.service.moves import lock, move, move_version, must_be, newest_of
from rewards.campaigns.service.review import must_pass


def launch(
    session: Session,
    *,
    campaign_id: UUID,
    number: int,
    document_hash: str,
    launcher_id: UUID,
    now: datetime,
) -> None:
    """Let an approved version run, in place of the one that ran. The checks are asked once more.

    A paused campaign stays paused. Refuses: CampaignNotFound, CampaignStale, CampaignMoveRefused,
    CampaignBlocked, Invalid, CampaignOver, BudgetBelowSpent.
    """
    campaign = lock(session, campaign_id=campaign_id)
    version = newest_of(session, campaign)
    must_be(version, number=number, document_hash=document_hash)
    if version.state != VersionState.APPROVED:
        raise CampaignMoveRefused
    must_pass(session, version, waived={each["check"] for each in version.waivers})
    terms = judging.terms_of(
        session, version.document, campaign_id=campaign_id, version=version.number
    )
    if terms.schedule.ends_on < day_in_zone(now, terms.schedule.zone):
        raise CampaignOver
    set_limits(session, terms)
    _supersede_live(session, campaign)
    move_version(session, version, to=VersionState.LIVE, launched_by=launcher_id, launched_at=now)
    move(
        session,
        campaign,
        to=None if campaign.state in RUNNING else State.LIVE,
        now=now,
        live_version=version.number,
        first_live_at=campaign.first_live_at or now,
    )


def pause(session: Session, *, campaign_id: UUID, now: datetime) -> None:
    """Give nothing until it is resumed. Refuses: CampaignNotFound, CampaignMoveRefused."""
    campaign = _running(session, campaign_id=campaign_id, state=State.LIVE)
    move(session, campaign, to=State.PAUSED, now=now, paused_at=now)


def resume(session: Session, *, campaign_id: UUID, now: datetime) -> None:
    """Go on after a pause. Refuses: CampaignNotFound, CampaignMoveRefused."""
    campaign = _running(session, campaign_id=campaign_id, state=State.PAUSED)
    move(session, campaign, to=State.LIVE, now=now, paused_at=None)


def end(session: Session, *, campaign_id: UUID, now: datetime) -> None:
    """End a campaign that runs, for good. Refuses: CampaignNotFound, CampaignMoveRefused."""
    campaign = lock(session, campaign_id=campaign_id)
    if campaign.state not in RUNNING:
        raise CampaignMoveRefused
    newest = newest_of(session, campaign)
    if newest.state in (VersionState.DRAFT, VersionState.IN_REVIEW, VersionState.APPROVED):
        move_version(session, newest, to=VersionState.SUPERSEDED)
    move(session, campaign, to=State.ENDED, now=now, ended_at=now)


def list_over(session: Session, *, now: datetime) -> list[UUID]:
    """Campaigns that run and whose last day is past for good, unless a next version is written."""
    return [
        each.terms.campaign_id
        for each in list_running(session)
        if each.terms.schedule.ends_on < day_in_zone(now - HEARD_WITHIN, each.terms.schedule.zone)
    ]


def end_if_over(session: Session, *, campaign_id: UUID, now: datetime) -> bool:
    """End it, if it is still over now that nobody else changes it; whether it was."""
    campaign = lock(session, campaign_id=campaign_id)
    has_next = campaign.newest_version != campaign.live_version
    if has_next or campaign_id not in list_over(session, now=now):
        return False
    move(session, campaign, to=State.ENDED, now=now, ended_at=now)
    return True


def _running(session: Session, *, campaign_id: UUID, state: State) -> Row[Any]:
    campaign = lock(session, campaign_id=campaign_id)
    if campaign.state != state:
        raise CampaignMoveRefused
    return campaign


def _supersede_live(session: Session, campaign: Row[Any]) -> None:
    if campaign.live_version is None:
        return
    live = queries.get_version(session, campaign_id=campaign.id, number=campaign.live_version)
    move_version(session, live, to=VersionState.SUPERSEDED)
