"""Replays: asked for, found, and the words in which a report is kept.

A report has:
`reach` {participants, treated, holdout, awarded}: persons; `cost` {points, awards, by_week:
[{week, points, awards}]}, a week by its Monday; `budget_ends_on`: the first day on which the
whole budget could not cover an award; `by_tier` [{tier, participants, awarded, points}], by the
tier on joining; `refused` {reason: occasions}; `overlaps` [{campaign_id, name, borrowers,
points}], of campaigns that are live; `winners` and `losers` [{fact, value, participants, awarded,
points, points_each}], groups of 30 or more, never persons; `sample` [{on_day, tier, outcome,
reasons, points, facts}], without a name; `occasions`: how many were looked at.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from backend.kit.problems import NotFound
from rewards.campaigns.engine_models import CampaignReplay
from rewards.campaigns.outcomes import ReplayState

LISTED_MAX = 50


def request(
    session: Session,
    *,
    campaign_id: UUID,
    version: int,
    document: Mapping[str, Any],
    document_hash: str,
    from_day: date,
    to_day: date,
    requested_by: UUID,
    now: datetime,
) -> UUID:
    """Ask for a replay of a document from one day to another, both included; a worker runs it."""
    replay_id = new_id()
    session.execute(
        insert(CampaignReplay).values(
            id=replay_id,
            campaign_id=campaign_id,
            version=version,
            document=dict(document),
            document_hash=document_hash,
            from_day=from_day,
            to_day=to_day,
            state=ReplayState.QUEUED,
            requested_by=requested_by,
            requested_at=now,
        )
    )
    return replay_id


def find(session: Session, *, replay_id: UUID) -> Row[Any] | None:
    """One replay, or None."""
    return session.execute(
        select(CampaignReplay.__table__).where(CampaignReplay.id == replay_id)
    ).first()


def get(session: Session, *, campaign_id: UUID, replay_id: UUID) -> Row[Any]:
    """One replay of this campaign. Refuses: NotFound."""
    found = find(session, replay_id=replay_id)
    if found is None or found.campaign_id != campaign_id:
        raise NotFound
    return found


def list_of(session: Session, *, campaign_id: UUID, version: int | None = None) -> list[Row[Any]]:
    """A campaign's replays, or those of one version: the newest first, at most 50."""
    wanted = select(CampaignReplay.__table__).where(CampaignReplay.campaign_id == campaign_id)
    if version is not None:
        wanted = wanted.where(CampaignReplay.version == version)
    newest = (CampaignReplay.requested_at.desc(), CampaignReplay.id.desc())
    return list(session.execute(wanted.order_by(*newest).limit(LISTED_MAX)))


def is_report_on(found: Row[Any], version: Row[Any]) -> bool:
    """Whether a replay is over and was of exactly this version: what an approval rests on."""
    read = (found.version, found.document_hash)
    return found.state == ReplayState.DONE and read == (version.number, version.document_hash)
