"""Everybody is looked at for a launched version, chunk by chunk: resumed after a kill, shared."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit.db import transaction
from backend.kit.wiring import JobContext
from backend.profile import queries as profile
from rewards.campaigns import participants
from rewards.campaigns.engine_models import CampaignJoining as J
from rewards.campaigns.models import Campaign
from rewards.campaigns.rules import State
from rewards.campaigns.running import get_terms, list_running

CHUNK = 5_000
CHUNK_SECONDS_MAX = 120


def join_some(*, now: datetime) -> bool:
    """Look at the next chunk of somebody's launch; False where none is left."""
    with transaction(patience_seconds=CHUNK_SECONDS_MAX) as session:
        _begin(session, now=now)
        row = _take(session)
        if row is None:
            return False
        _look(session, row, now=now)
    return True


def _begin(session: Session, *, now: datetime) -> None:
    """A place to note how far a launched version is, where there is none yet."""
    known = exists().where(J.campaign_id == Campaign.id, J.version == Campaign.live_version)
    rows = session.execute(
        select(Campaign.id, Campaign.live_version).where(Campaign.state == State.LIVE, ~known)
    ).all()
    if rows:
        values = [
            {"campaign_id": row.id, "version": row.live_version, "started_at": now} for row in rows
        ]
        session.execute(insert(J).values(values).on_conflict_do_nothing())


def _take(session: Session) -> Row[Any] | None:
    """A launch that nobody else works at, and that is not done: only of what is live."""
    return session.execute(
        select(J.__table__)
        .join(Campaign, Campaign.id == J.campaign_id)
        .where(J.done_at.is_(None), Campaign.state == State.LIVE)
        .order_by(J.started_at, J.campaign_id)
        .limit(1)
        .with_for_update(of=J, skip_locked=True)
    ).first()


def _look(session: Session, row: Row[Any], *, now: datetime) -> None:
    live = session.execute(
        select(Campaign.live_version).where(
            Campaign.id == row.campaign_id, Campaign.state == State.LIVE
        )
    ).scalar_one_or_none()
    key = (row.campaign_id, row.version)
    found: dict[str, Any] = {"done_at": now}
    if live == row.version:  # else it ended or was replaced: who is in it stays in it
        ids = profile.list_after(session, after=row.after, limit=CHUNK)
        if ids:
            terms = get_terms(session, keys=[key])[key]
            joined = participants.sweep(session, terms=terms, borrower_ids=ids, now=now)
            found = {"after": ids[-1], "joined": J.joined + joined}
    session.execute(
        update(J).where(J.campaign_id == row.campaign_id, J.version == row.version).values(found)
    )


def join_all(context: JobContext) -> dict[str, Any]:
    """Everybody once more, for all that are live: time alone brings some into an audience."""
    with transaction() as session:
        running = [each.terms for each in list_running(session) if not each.is_paused]
    joined = 0
    for terms in running:
        after: UUID | None = None
        while True:
            with transaction(patience_seconds=CHUNK_SECONDS_MAX) as session:
                ids = profile.list_after(session, after=after, limit=CHUNK)
                if ids:
                    joined += participants.sweep(
                        session, terms=terms, borrower_ids=ids, now=context.now
                    )
            context.heartbeat()
            if not ids:
                break
            after = ids[-1]
    return {"campaigns": len(running), "joined": joined}
