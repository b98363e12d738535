"""Campaigns that run, with their terms: read once and kept, for a live version never changes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import LRUCache
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from backend.profile import queries as profile
from rewards.campaigns.document import read_terms
from rewards.campaigns.models import Campaign, CampaignVersion
from rewards.campaigns.rules import RUNNING, State
from rewards.campaigns.terms import CampaignTerms

KEPT_MAX = 500

Key = tuple[UUID, int]

_kept: LRUCache[Key, CampaignTerms] = LRUCache(maxsize=KEPT_MAX)
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Running:
    """A campaign that is live or paused."""

    terms: CampaignTerms
    is_paused: bool


def list_running(session: Session) -> list[Running]:
    """All that are live or paused, in the order of their ids."""
    rows = session.execute(
        select(Campaign.id, Campaign.live_version, Campaign.state)
        .where(Campaign.state.in_(RUNNING))
        .order_by(Campaign.id)
    )
    return _with_terms(session, [(row.id, row.live_version, row.state) for row in rows])


def hold_running(session: Session, *, campaign_ids: Collection[UUID]) -> list[Running]:
    """Those of these that run; they stay as they are until the caller commits."""
    rows = session.execute(
        select(Campaign.id, Campaign.live_version, Campaign.state)
        .where(Campaign.id.in_(sorted(campaign_ids)))
        .order_by(Campaign.id)
        .with_for_update(read=True)
    )
    running = [(row.id, row.live_version, row.state) for row in rows if row.state in RUNNING]
    return _with_terms(session, running)


def _with_terms(session: Session, rows: list[tuple[UUID, Any, str]]) -> list[Running]:
    found = get_terms(session, keys=[(campaign_id, version) for campaign_id, version, _ in rows])
    return [
        Running(found[campaign_id, version], state == State.PAUSED)
        for campaign_id, version, state in rows
    ]


def get_terms(session: Session, *, keys: Collection[Key]) -> dict[Key, CampaignTerms]:
    """The terms of these versions, which were submitted: from memory, or the database."""
    with _lock:
        known = {key: _kept[key] for key in keys if key in _kept}
    missing = sorted(set(keys) - known.keys())
    return known | _read(session, missing) if missing else known


def _read(session: Session, keys: list[Key]) -> dict[Key, CampaignTerms]:
    rows = session.execute(
        select(CampaignVersion.campaign_id, CampaignVersion.number, CampaignVersion.document).where(
            tuple_(CampaignVersion.campaign_id, CampaignVersion.number).in_(keys)
        )
    )
    found = {
        (row.campaign_id, row.number): read_kept(
            session, row.document, campaign_id=row.campaign_id, version=row.number
        )
        for row in rows
    }
    with _lock:
        _kept.update(found)
    return found


def read_kept(
    session: Session, document: Mapping[str, Any], *, campaign_id: UUID, version: int
) -> CampaignTerms:
    """A document that was accepted once: with facts that were retired since."""
    facts = profile.get_catalogue(session, with_retired=True).types
    return read_terms(document, campaign_id=campaign_id, version=version, facts=facts)


def forget() -> None:
    """Empty this process's memory: for tests, whose databases may give one id two documents."""
    with _lock:
        _kept.clear()
