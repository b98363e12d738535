"""The demo's campaign: one that runs, written by one person and let go by another."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit.programme_zone import programme_day, programme_zone
from backend.kit.wiring import DemoOffice
from rewards.campaigns import judging, replay, replay_worker, service
from rewards.campaigns.models import Campaign
from rewards.campaigns.service import Approval

RUNS = timedelta(days=180)
LOOKED_BACK = timedelta(days=180)
FIRST = 1
DOCUMENT: dict[str, Any] = {
    "texts": {
        "name": {"en": "A good month", "zh-CN": "美好的一个月"},
        "promise": {
            "en": "Pay what is due this month on time and receive 50 points more.",
            "zh-CN": "本月应还款项按时还清，即可额外获得 50 积分。",
        },
    },
    "trigger": {"event": "installment_paid"},
    # The made-up people alone: of the real ones it would be a promise in the name of a bank.
    "audience": {"all": [{"fact": "product", "op": "ne", "value": "uci-card"}]},
    "conditions": {"all": [{"fact": "event_on_time", "op": "eq", "value": True}]},
    "effects": [{"kind": "points", "points": 50}],
    "budget": {
        "points_total": 20_000,
        "awards_total": None,
        "per_period": {"every": "month", "points": 5_000, "awards": None},
        "per_borrower": {"awards": 6, "points": None},
    },
    "stacking": {"group": "months", "mode": "all", "priority": 100},
    "holdout": "0.10",
    "primary_measure": "on_time_rate",
    "window_days": 30,
}


def fill(session: Session, office: DemoOffice, now: datetime) -> None:
    """Write it, run it over what is there, approve and launch it; where there is none yet."""
    if session.execute(select(func.count()).select_from(Campaign)).scalar_one():
        return
    today = programme_day(now)
    document = DOCUMENT | {
        "schedule": {
            "starts_on": today.isoformat(),
            "ends_on": (today + RUNS).isoformat(),
            "zone": programme_zone(),
            "weekdays": None,
            "dayparts": None,
        }
    }
    campaign_id = service.create(session, document=document, author_id=office.author_id, now=now)
    read = judging.hash_of(document)
    service.submit(
        session,
        campaign_id=campaign_id,
        number=FIRST,
        document_hash=read,
        waivers=(),
        submitter_id=office.author_id,
        now=now,
    )
    replay_id = replay.request(
        session,
        campaign_id=campaign_id,
        version=FIRST,
        document=document,
        document_hash=read,
        from_day=today - LOOKED_BACK,
        to_day=today,
        requested_by=office.author_id,
        now=now,
    )
    replay_worker.run_here(session, replay_id=replay_id, now=now)
    service.approve(
        session,
        campaign_id=campaign_id,
        approval=Approval(FIRST, read, replay_id, frozenset()),
        approver_id=office.approver_id,
        now=now,
    )
    service.launch(
        session,
        campaign_id=campaign_id,
        number=FIRST,
        document_hash=read,
        launcher_id=office.approver_id,
        now=now,
    )
