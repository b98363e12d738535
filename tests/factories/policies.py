"""Tier policies: as a client writes them, and published."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from backend.tiers.models import TierPolicy
from tests.clock import NOW

AUTHOR, PUBLISHER = UUID(int=1), UUID(int=2)


def compare(fact: str, op: str, *value: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op} | ({"value": value[0]} if value else {})


def make_tier(code: str, when: dict[str, Any], *, rank: int | None = None) -> dict[str, Any]:
    """With a rank it can be published: public code and texts are made up from its code."""
    tier: dict[str, Any] = {"code": code, "when": when}
    if rank is None:
        return tier
    return tier | {
        "rank": rank,
        "public_code": f"p_{code}",
        "name": {"en": f"Name of {code}", "zh-CN": f"{code} 的名称"},
        "about": {"en": f"About {code}.", "zh-CN": f"关于 {code}。"},
    }


def make_dpd_policy(*, grace_days: int = 7, with_ranks: bool = True) -> dict[str, Any]:
    """Late (0), soon (1), fine (2) by days past due alone."""
    ranks = (0, 1, 2) if with_ranks else (None, None, None)
    return {
        "demotion_grace_days": grace_days,
        "tiers": [
            make_tier("late", compare("days_past_due", "gt", 30), rank=ranks[0]),
            make_tier("soon", compare("days_past_due", "gt", 0), rank=ranks[1]),
            make_tier("fine", {"all": []}, rank=ranks[2]),
        ],
    }


def publish_policy(session: Session, document: dict[str, Any]) -> int:
    """Straight into the table; the service's own way is tested over HTTP."""
    version = session.execute(select(func.max(TierPolicy.version))).scalar_one() + 1
    session.execute(
        insert(TierPolicy).values(
            version=version,
            state="published",
            document=document,
            note="",
            author_id=AUTHOR,
            created_at=NOW,
            publisher_id=PUBLISHER,
            published_at=NOW,
        )
    )
    return version
