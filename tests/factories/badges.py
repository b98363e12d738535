"""Badges as a client writes them, and awards as they are found."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rewards.badges.models import BadgeAward


def make_document(**more: Any) -> dict[str, Any]:
    """A body for `POST /v1/badge-definitions`, without its code."""
    return {
        "predicate": {"all": []},
        "counters": [{"fact": "on_time_streak", "goal": 2}],
        "repeats": "never",
        "picture": "house",
        "name": {"en": "Two in a row", "zh-CN": "两次守约"},
        "description": {"en": "Twice on time.", "zh-CN": "两次按时还款。"},
        "how_to_earn": {"en": "Pay twice on time.", "zh-CN": "按时还款两次。"},
    } | more


def list_awards(session: Session, borrower_id: UUID, *, state: str = "standing") -> set[Any]:
    """(code, period) of her awards in that state."""
    rows = session.execute(
        select(BadgeAward.code, BadgeAward.period).where(
            BadgeAward.borrower_id == borrower_id, BadgeAward.state == state
        )
    )
    return {(row.code, row.period) if row.period else row.code for row in rows}
