"""Documents of campaigns, and campaigns in each state."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from rewards.campaigns.engine_models import CampaignReplay
from tests.clock import NOW
from tests.fixtures.api import Api, new_key

DOCUMENT: dict[str, Any] = {
    "texts": {
        "name": {"en": "Three in a row", "zh-CN": "连续三期"},
        "promise": {
            "en": "Pay three instalments on time in a row and receive 200 points.",
            "zh-CN": "连续三期按时还款，即可获得 200 积分。",
        },
    },
    "trigger": {"event": "installment_paid"},
    "audience": {"all": [{"fact": "tier", "op": "in", "value": ["potential", "stable"]}]},
    "conditions": {"all": [{"fact": "on_time_streak", "op": "gte", "value": 3}]},
    "effects": [{"kind": "points", "points": 200}],
    "budget": {
        "points_total": 50_000,
        "awards_total": None,
        "per_period": None,
        "per_borrower": {"awards": 1, "points": None},
    },
    "schedule": {
        "starts_on": "2026-11-01",
        "ends_on": "2027-04-30",
        "zone": "Asia/Shanghai",
        "weekdays": None,
        "dayparts": None,
    },
    "stacking": {"group": "streaks", "mode": "all", "priority": 100},
    "holdout": "0.10",
    "primary_measure": "on_time_rate",
    "window_days": 30,
}


def document(**changed: Any) -> dict[str, Any]:
    """A document that no check objects to, with some members changed."""
    return deepcopy(DOCUMENT) | changed


def api_document(**changed: Any) -> dict[str, Any]:
    """What a client posts."""
    return {"document": document(**changed)}


def begin(marketer: Api, **changed: Any) -> dict[str, Any]:
    """A campaign with its first draft."""
    answer = marketer.post("/v1/campaigns", json=api_document(**changed))
    assert answer.status_code == 201, answer.json
    return cast(dict[str, Any], answer.json)


def address(campaign: Mapping[str, Any], act: str = "") -> str:
    """Where it is."""
    return f"/v1/campaigns/{campaign['id']}" + (f"/{act}" if act else "")


def read(campaign: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody says to have read of its newest version."""
    newest = campaign["newest"]
    return {"version": newest["number"], "document_hash": newest["document_hash"]}


def submitted(marketer: Api, campaign: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Sent for review."""
    body = read(campaign) | more
    answer = marketer.post(address(campaign, "submit"), json=body, headers=new_key())
    assert answer.status_code == 200, answer.json
    return cast(dict[str, Any], answer.json)


def replayed(session: Session, campaign: Mapping[str, Any], **changed: Any) -> UUID:
    """A finished replay of its newest version."""
    newest, replay_id = campaign["newest"], new_id()
    session.execute(
        insert(CampaignReplay).values(
            {
                "id": replay_id,
                "campaign_id": campaign["id"],
                "version": newest["number"],
                "document": newest["document"],
                "document_hash": newest["document_hash"],
                "from_day": date(2026, 5, 1),
                "to_day": date(2026, 10, 31),
                "state": "done",
                "progress": 100,
                "report": REPORT,
                "report_hash": "0" * 64,
                "requested_by": newest["author_id"],
                "requested_at": NOW,
                "started_at": NOW,
                "finished_at": NOW,
            }
            | changed
        )
    )
    session.commit()
    return replay_id


def approve(approver: Api, campaign: Mapping[str, Any], replay_id: UUID, **more: Any) -> Any:
    """What the approver is answered."""
    body = read(campaign) | {"replay_id": str(replay_id)} | more
    return approver.post(address(campaign, "approve"), json=body, headers=new_key())


def approved(
    session: Session, marketer: Api, approver: Api, campaign: Mapping[str, Any]
) -> dict[str, Any]:
    """Submitted, replayed and approved."""
    sent = submitted(marketer, campaign)
    answer = approve(approver, sent, replayed(session, sent))
    assert answer.status_code == 200, answer.json
    return cast(dict[str, Any], answer.json)


def launched(
    session: Session, marketer: Api, approver: Api, campaign: Mapping[str, Any]
) -> dict[str, Any]:
    """And live."""
    ready = approved(session, marketer, approver, campaign)
    answer = approver.post(address(ready, "launch"), json=read(ready), headers=new_key())
    assert answer.status_code == 200, answer.json
    return cast(dict[str, Any], answer.json)


REPORT: dict[str, Any] = {
    "reach": {"participants": 420, "treated": 378, "holdout": 42, "awarded": 61},
    "cost": {
        "points": 12_200,
        "awards": 61,
        "by_week": [
            {"week": "2026-05-04", "points": 4_000, "awards": 20},
            {"week": "2026-05-11", "points": 8_200, "awards": 41},
        ],
    },
    "budget_ends_on": None,
    "by_tier": [{"tier": "potential", "participants": 300, "awarded": 50, "points": 10_000}],
    "refused": {"conditions": 900, "holdout": 7},
    "overlaps": [],
    "winners": [],
    "losers": [],
    "sample": [],
    "occasions": 968,
}
