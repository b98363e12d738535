"""The demo's fund and its partners, who are made up and say so."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.hardship import queries, rules, service
from backend.kit.money import Money
from backend.kit.programme_zone import programme_day
from backend.kit.wiring import DemoOffice

BUDGET = Money(5_000_000, "CNY")
PARTNERS: dict[str, dict[str, Any]] = {
    "skills_house": {
        "kind": "training",
        "name": "Skills House (made up)",
        "about": {
            "en": "A made-up school with free evening courses: bookkeeping, care, trades.",
            "zh-CN": "虚构的学校，提供免费夜校课程：记账、护理、技工。",
        },
        "regions": ["CN-SH", "US-NY"],
    },
    "open_door": {
        "kind": "aid",
        "name": "Open Door (made up)",
        "about": {
            "en": "A made-up charity that helps with rent, food and a friendly ear.",
            "zh-CN": "虚构的公益机构，在房租、食物方面提供帮助，并愿意倾听。",
        },
        "regions": ["CN-SH", "US-NY"],
    },
}


def fill(session: Session, office: DemoOffice, now: datetime) -> None:
    """Store the partners and put money into this month, unless partners are there."""
    if queries.count_partners(session):
        return
    for code, partner in PARTNERS.items():
        service.put_partner(
            session,
            code=code,
            values=partner | {"is_synthetic": True, "is_active": True},
            changed_by=None,
            now=now,
        )
    top_up_id = service.ask_top_up(
        session,
        amount=BUDGET,
        month=rules.month_of(programme_day(now)),
        reason="The demo's month",
        asked_by=office.author_id,
        now=now,
    )
    service.decide_top_up(
        session,
        top_up_id=top_up_id,
        is_confirmed=True,
        decided_by=office.approver_id,
        now=now,
    )
