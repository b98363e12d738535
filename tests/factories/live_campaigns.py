"""Campaigns that run, written straight into their tables: for tests of what they then do."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from rewards.campaigns import joining
from rewards.campaigns.engine_models import CampaignDecision
from rewards.campaigns.judging import hash_of
from rewards.campaigns.models import Campaign, CampaignVersion
from rewards.points.models import PointsEntry
from tests.clock import NOW
from tests.factories.campaigns import document

AUTHOR, APPROVER = UUID(int=1), UUID(int=2)
EVERYBODY: dict[str, Any] = {"all": []}
LONG = {
    "starts_on": "2026-01-01",
    "ends_on": "2027-12-31",
    "zone": "Asia/Shanghai",
    "weekdays": None,
    "dayparts": None,
}


def budget(**more: Any) -> dict[str, Any]:
    """Wide in every way but those that are named; `awards`, `points`: of the whole."""
    each = {"awards": more.pop("awards_each", None), "points": more.pop("points_each", None)}
    return {
        "points_total": more.pop("points", 1_000_000),
        "awards_total": more.pop("awards", None),
        "per_period": more.pop("per_period", None),
        "per_borrower": each,
    }


def open_document(**changed: Any) -> dict[str, Any]:
    """Everybody, for every instalment; nobody is held out."""
    wide = {
        "audience": EVERYBODY,
        "conditions": EVERYBODY,
        "budget": budget(),
        "schedule": LONG,
        "holdout": "0",
        "effects": [{"kind": "points", "points": 10}],
    }
    return document(**(wide | changed))


def make_live(
    session: Session, *, state: str = "live", at_id: UUID | None = None, **changed: Any
) -> UUID:
    """A campaign that runs; nobody was looked at yet."""
    campaign_id, written = at_id or new_id(), open_document(**changed)
    at = NOW - timedelta(days=400)
    session.execute(
        insert(Campaign).values(
            id=campaign_id,
            revision=1,
            state="draft",
            live_version=None,
            newest_version=1,
            created_by=AUTHOR,
            created_at=at,
            changed_at=at,
        )
    )
    session.execute(
        insert(CampaignVersion).values(
            campaign_id=campaign_id,
            number=1,
            state="draft",
            document=written,
            document_hash=hash_of(written),
            author_id=AUTHOR,
            editors=[str(AUTHOR)],
            created_at=at,
            edited_at=at,
            waivers=[],
        )
    )
    _move(session, campaign_id, state="in_review", submitter_id=AUTHOR, submitted_at=at)
    _move(
        session,
        campaign_id,
        state="approved",
        approver_id=APPROVER,
        approved_at=at,
        replay_id=new_id(),
        replay_hash="0" * 64,
    )
    _move(session, campaign_id, state="live", launched_by=APPROVER, launched_at=at)
    session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id)
        .values(state=state, live_version=1, first_live_at=at)
    )
    return campaign_id


def _move(session: Session, campaign_id: UUID, **values: Any) -> None:
    session.execute(
        update(CampaignVersion).where(CampaignVersion.campaign_id == campaign_id).values(**values)
    )


def join_everybody(*, now: Any = NOW) -> None:
    """What the worker does after a launch."""
    while joining.join_some(now=now):
        pass


def list_outcomes(session: Session, campaign_id: UUID) -> list[str]:
    """The outcome of each decision, or the reason of a refusal, in their order."""
    session.expire_all()
    rows = session.execute(
        select(CampaignDecision.outcome, CampaignDecision.reasons)
        .where(CampaignDecision.campaign_id == campaign_id)
        .order_by(CampaignDecision.seq)
    )
    return [row.reasons[0] if row.reasons else row.outcome for row in rows]


def points_of(session: Session, borrower_id: UUID) -> int:
    """What campaigns gave her, less what was taken back."""
    rows = session.execute(
        select(PointsEntry.number, PointsEntry.moved).where(
            PointsEntry.borrower_id == borrower_id, PointsEntry.rule == "campaign"
        )
    ).all()
    reversed_ = set(
        session.execute(
            select(PointsEntry.reverses).where(
                PointsEntry.borrower_id == borrower_id, PointsEntry.reverses.is_not(None)
            )
        ).scalars()
    )
    return sum(row.moved for row in rows if row.number not in reversed_)
