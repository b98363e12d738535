"""Kept values written down directly, for tests that are not about how they come about."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.kit.ids import new_id
from backend.profile.models import Profile
from tests.clock import NOW

DEFAULTS = {"extra": {}, "timezone": "Asia/Shanghai"}


def make_profiles(session: Session, *rows: dict[str, Any]) -> list[UUID]:
    """A borrower with these kept values for each row; answers their ids."""
    ids = [new_id() for _ in rows]
    if not rows:
        return ids
    session.execute(
        insert(Borrower),
        [
            {"id": each, "external_id": str(each), "locale": "en"}
            | {"timezone": row.get("timezone", DEFAULTS["timezone"])}
            for each, row in zip(ids, rows, strict=True)
        ],
    )
    names = {name for row in rows for name in row}
    session.execute(
        insert(Profile),
        [
            {"borrower_id": each, "refreshed_at": NOW, **dict.fromkeys(names), **DEFAULTS, **row}
            for each, row in zip(ids, rows, strict=True)
        ],
    )
    return ids


def make_profile(session: Session, **kept: Any) -> UUID:
    """A borrower who owes on one open loan, on time unless `kept` says otherwise."""
    usual = {
        "currency": "CNY",
        "product": "personal",
        "dpd_base": 0,
        "dpd_past_max_12m": 0,
        "on_time_streak": 3,
        "installments_missed_12m": 0,
        "overdue_count_12m": 0,
        "cured_count_12m": 0,
        "open_loans": 1,
        "open_balance": 500_000,
        "repaid_total": 100_000,
    }
    return make_profiles(session, {**usual, **kept})[0]
